"""What a planner is given: a web map, tables, layers, charts and a report of coverage."""

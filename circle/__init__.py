"""Walking circles of a neighbourhood: streets, times, isochrones and a guide to print and share."""

"""The guide on paper: a numbered map and its tables as PDF, drawn in millimetres."""

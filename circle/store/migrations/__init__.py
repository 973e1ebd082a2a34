"""The steps that bring the tables of a register up to date, run when it is opened."""

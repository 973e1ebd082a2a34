"""The guide: what it says (`content`), and the page that shows it (`web`)."""

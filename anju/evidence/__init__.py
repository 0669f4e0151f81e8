"""Files kept once, by content."""

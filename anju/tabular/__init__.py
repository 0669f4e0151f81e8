"""Excel and CSV in and out, by declared layouts; hostile files are read in a jailed child."""

"""危房改造 from the application to a signed case; see README.md."""

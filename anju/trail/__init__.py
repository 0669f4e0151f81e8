"""Who did what: who acts is told to the database, which writes the record itself."""

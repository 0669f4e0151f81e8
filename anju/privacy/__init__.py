"""Personal data in tables: the one field type for identity numbers."""

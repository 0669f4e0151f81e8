"""The words: value types and code tables, one idea a file. Standard library only."""

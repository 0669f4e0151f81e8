"""Record linkage 信息比对: which rows of two lists are the same person, which households are the same household. DuckDB and Splink, no Django."""

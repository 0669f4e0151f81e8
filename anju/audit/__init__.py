"""The audit page 留痕: who did what, and whether the record was touched."""

"""批量录入: a workbook of records, checked row by row, each matched to its household and applied by the app that owns the records."""

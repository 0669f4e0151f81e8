"""房屋情况: what a workbook says of households' houses, for the register. Appraisals need houses with places."""

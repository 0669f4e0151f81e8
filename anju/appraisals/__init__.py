"""房屋安全鉴定: rounds and screenings, appraisals by dated standards, what is posted at the house, objections, hazards, the danger ledger."""

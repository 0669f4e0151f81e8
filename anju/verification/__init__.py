"""住房安全有保障核验: one conclusion per household, with its grounds."""

"""保障途径: how a household is housed safely other than by its own house's grade, with proof and term."""

"""A synthetic place with known truth: invented people, their households, and what the departments' lists make of them."""

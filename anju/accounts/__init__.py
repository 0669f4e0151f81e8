"""Who works here: organisations, users, roles, and the area each may see."""

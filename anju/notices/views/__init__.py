"""The pages of notices: the office's, and the one that the public sees."""

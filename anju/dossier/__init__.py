"""一户一档: one household on one page."""

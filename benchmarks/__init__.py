"""Side by side, in one run, against what a user would pick instead; each prints ratios (quality 1)."""

"""Which mask policy this deployment rests on: one choice, kept with who made it and why."""

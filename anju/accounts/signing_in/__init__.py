"""The door: signing in, what slows and stops guessing, sessions, passwords, the second factor."""

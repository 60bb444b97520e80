"""The locks that updates hold in a state backend: whose they are, and taking away one that was left behind."""

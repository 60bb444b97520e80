"""The workspace and the stores it keeps its files, secrets and images in."""

"""One module per command: it reads options, calls the parts, prints, and chooses the exit code."""

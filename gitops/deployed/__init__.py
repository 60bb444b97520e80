"""What runs: read back, asked, compared with what was declared."""

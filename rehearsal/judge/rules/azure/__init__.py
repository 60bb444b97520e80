"""What Azure refuses, by service."""

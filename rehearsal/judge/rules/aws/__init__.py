"""What AWS refuses, by service."""

"""What the report says, decided once from run records alone; no format, no text of its own layout."""

"""What a reviewer approves, sealed, and what makes a review weaker than the one before it."""

"""What the checkout says: its targets and environments, and what a change to it reaches."""

"""AWS components that two or more stacks use."""

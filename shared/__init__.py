"""The contract every backend speaks, and the components that two or more stacks use."""

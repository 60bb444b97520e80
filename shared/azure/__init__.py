"""Azure components and types that two or more stacks use."""

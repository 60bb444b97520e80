"""Measures the app on this machine, and derives from it the scaling targets that the stacks' YAML files cite."""

"""From a git diff to stack runs, from stack runs to one report, from a reviewed change to a deployment."""

"""checkov on the same inventories, in an environment of its own: what the judge's speed is compared with."""

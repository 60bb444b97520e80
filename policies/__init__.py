"""The judge: rules about resource types and properties, which know nothing of the stacks they judge."""

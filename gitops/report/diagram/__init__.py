"""The resource graph of a stack: drawn, folded until it can be read, laid out."""

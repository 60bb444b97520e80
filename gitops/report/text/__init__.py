"""English, names, signs and escaping that every format shares."""

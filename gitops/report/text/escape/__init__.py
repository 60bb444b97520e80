"""Text from a pull request may be hostile: one module per format makes it harmless there.

`text.clean` comes first everywhere; each format's module adds what that format needs.
"""

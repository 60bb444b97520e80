"""The stand-in for awsx: each component expands into the same aws resources as with the real provider.

Each family of components has a module. `context` talks to the engine, and `output_values` holds values with their
dependencies.
"""

from __future__ import annotations

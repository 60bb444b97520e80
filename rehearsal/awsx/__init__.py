"""The stand-in for awsx: each component expands into the aws resources that the real provider would make of it.

One module per family of components; `context` talks to the engine, `outputs` carries values with what they depend on.
"""

from __future__ import annotations

"""English, names, signs and escaping that every format shares."""

from __future__ import annotations

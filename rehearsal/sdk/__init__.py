"""What the installed provider SDKs say of their resource types, functions and properties."""

from __future__ import annotations

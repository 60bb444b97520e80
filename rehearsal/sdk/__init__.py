"""Reads resource types, functions and properties from the installed provider SDKs."""

from __future__ import annotations

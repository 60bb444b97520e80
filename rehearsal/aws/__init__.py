"""The stand-in for AWS: names, identities, computed outputs and answers to function calls."""

from __future__ import annotations

"""Pulumi's resource provider protocol for any package: check, diff, create, read, update, delete and invoke."""

from __future__ import annotations

"""The reference model and everything that puts it behind an endpoint: adapters, artefacts, router, load test."""

from __future__ import annotations

"""Stand-ins for packages without a cloud: random values, TLS keys and certificates, container images."""

from __future__ import annotations

"""The small packages that programs use beside a cloud: random values, TLS keys and certificates, container images."""

from __future__ import annotations

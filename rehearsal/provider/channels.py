"""Connections of a process that outlives many engines."""

from __future__ import annotations

OWN_CONNECTIONS = ("grpc.use_local_subchannel_pool", 1)
"""A channel option: gRPC shares connections between a process's channels to one address.

An engine that ended leaves a failed one behind, which waits up to two minutes before it tries again; the next engine
that is given the same port is then unavailable at its first request ("Resource monitor has terminated", seen once in
some thousand runs of one process, 2026-11-21).
"""

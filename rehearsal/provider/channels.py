"""gRPC channel options for a process that outlives many engines."""

from __future__ import annotations

OWN_CONNECTIONS = ("grpc.use_local_subchannel_pool", 1)
"""A channel option that gives each channel its own connections. By default, channels to one address share them.

An engine that has ended leaves a failed shared connection, which waits up to two minutes before it reconnects. If the
next engine gets the same port, its first request fails ("Resource monitor has terminated", seen once in about a
thousand runs of one process, 2026-11-21).
"""

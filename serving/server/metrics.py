"""What Prometheus scrapes at /metrics, summed over all workers (prometheus_client's multiprocess mode)."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

REQUESTS = Counter("inference_requests", "Requests answered.", ["route", "status"])
DURATION = Histogram("inference_request_seconds", "From the request's head to the answer.", ["route"], buckets=SECONDS)
INSTANCES = Counter("inference_instances", "Images predicted.")
REFUSED = Counter("inference_refused", "Requests refused to protect the worker.", ["reason"])
IN_FLIGHT = Gauge("inference_in_flight", "Predictions in flight.", multiprocess_mode="livesum")


def exposition() -> bytes:
    """The metrics of all workers in Prometheus's text format; of this process alone when there is no supervisor."""
    if DIRECTORY_VARIABLE not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)

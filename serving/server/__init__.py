"""The process around the ASGI app: settings, workers that hand over a listener without loss, limits, metrics."""

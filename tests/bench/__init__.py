"""Benchmarks: ratios within one run of this machine, never timed tests. `make bench` runs them all."""

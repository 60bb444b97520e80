"""The Pulumi engine: finding or building it, and running it on one target per process."""

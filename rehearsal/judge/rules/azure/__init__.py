"""Rules for Azure, one module per service or group of services."""

"""Rules for AWS, one module per service or group of services."""

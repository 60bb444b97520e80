"""A SageMaker real-time endpoint with everything it needs to be served from in one region."""

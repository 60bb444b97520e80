"""Local stand-ins for services that only a cloud has, written from its documentation, for tests and the load test."""

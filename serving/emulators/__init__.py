"""Local stand-ins for what only a cloud has, written to its documentation; tests and the load test use them."""

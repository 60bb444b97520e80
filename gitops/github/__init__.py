"""GitHub's API, as far as the pipeline asks it: decisions are pure functions, `client.Client` is the wire."""

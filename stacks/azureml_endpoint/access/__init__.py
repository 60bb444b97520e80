"""Who may do what: the identities of the workspace and the endpoint, and the role for callers."""

"""One module a form of the report, each a pure function of the model; none knows another."""

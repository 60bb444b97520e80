"""The endpoint: what is deployed, in which slots, with how many instances and how much traffic."""

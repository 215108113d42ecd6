"""A run: the calls to a backend, what is seen of them, and the verdicts."""

"""Training as generators of typed facts: one loop, one optimizer file."""

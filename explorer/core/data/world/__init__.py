"""A small world of which everything is known: who lives in it, what is true of them, and texts about it."""

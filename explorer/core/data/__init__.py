"""What models learn from: a person's own texts and the built-in one, as memory-mapped ids."""

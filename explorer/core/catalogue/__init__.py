"""The models that a person has, as far as names, settings and headers tell. No torch, no weights are read."""

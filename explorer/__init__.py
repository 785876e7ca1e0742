"""LLM Explorer: see, show and teach how language models work."""

__version__ = "0.1.0"

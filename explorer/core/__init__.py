"""The language model: torch, never Qt, never a print. Import the modules: this package itself is empty."""

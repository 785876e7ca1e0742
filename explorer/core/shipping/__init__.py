"""The models that travel with the program: how they are made, from a seed, and what is said of them."""

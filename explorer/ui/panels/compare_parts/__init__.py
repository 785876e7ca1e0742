"""Parts of the panel that holds models against each other."""

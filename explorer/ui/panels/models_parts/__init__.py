"""Parts of the models panel."""

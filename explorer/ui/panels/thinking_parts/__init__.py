"""Parts of the panel of thinking traces."""

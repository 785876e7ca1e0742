"""Parts of the Tokens panel: what stands beside and above the text."""

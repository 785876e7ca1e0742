"""Parts of the panel that shows a conversation as one stream."""

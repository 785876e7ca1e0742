"""Conversations on disk: a journal each, the shelf they stand on, and files that come and go. No torch."""

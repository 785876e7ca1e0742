"""From the web as it is to a text that one can learn from, a step a file, each measured against the truth."""

"""Our model under the names that other programs use: one file a family."""

"""Text into tokens and back: tokenizers, training them, re-tokenising after an edit.

No torch and no Qt: the engine and the window both use parts of it.
"""

"""The window. Never torch: it opens before torch is loaded, and a crash of the engine is not its crash."""

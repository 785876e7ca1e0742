"""What the sampling panel says, apart from its widgets and wiring."""

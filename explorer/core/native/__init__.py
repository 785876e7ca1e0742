"""Code in C: compiled on each machine by its own compiler, done without where there is none."""

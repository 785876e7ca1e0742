"""Parts that panels are made of; they know no engine and no store."""

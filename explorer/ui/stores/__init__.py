"""State per concern, without widgets: events in, `changed` out; intents in, commands out."""

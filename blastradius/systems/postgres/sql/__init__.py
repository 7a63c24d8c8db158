"""SQL text: its statements, what they say, and what they do to a catalog."""

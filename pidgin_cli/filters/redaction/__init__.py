"""What to find in a text: patterns, the ways a text is looked at, and texts that come in pieces."""

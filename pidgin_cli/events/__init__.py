"""Events: the envelope, the kinds, the line, and the one fold from events to state."""

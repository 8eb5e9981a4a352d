"""Engine: runs a conversation and gives its events."""

"""Store: the files that hold events, how they are written, read, locked and followed."""

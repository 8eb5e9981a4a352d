"""pidgin: conversations between language models, recorded as a stream of events."""

__version__ = "0.1.0"

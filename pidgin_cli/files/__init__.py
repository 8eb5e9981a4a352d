"""Files: what is asked of them whatever they hold: whole or not at all, kept, still named."""

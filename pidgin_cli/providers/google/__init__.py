"""Gemini, by the API of Google."""

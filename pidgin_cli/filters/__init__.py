"""Filters: events in, events out."""

"""Checks: what can be wrong with a log, found from its lines alone."""

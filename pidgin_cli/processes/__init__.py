"""Processes: work that is done by several processors at once, and what is told and given there."""

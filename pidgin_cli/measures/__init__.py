"""Measures: pure functions from text to numbers, each with its range, formula and source."""

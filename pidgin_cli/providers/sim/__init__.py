"""Simulated agents: what they say follows from a seed, and needs no key and no network."""

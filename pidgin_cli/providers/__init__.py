"""Providers: one module for each model service, behind one contract."""

"""Providers: one module or folder for each kind of model service, behind one contract."""

"""One file for each subcommand: it declares options and joins source, filter and sink."""

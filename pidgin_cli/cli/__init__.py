"""The command line: the only room that knows Typer, stdin, stdout and exit statuses."""

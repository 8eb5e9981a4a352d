"""The command line: the only room that knows Typer, stdin, stdout and exit statuses.

What a command takes stands in the file of its name in `commands`; what it joins, in the module here
that opens with "Joining" and its name, such as `checking` for `check`.
"""

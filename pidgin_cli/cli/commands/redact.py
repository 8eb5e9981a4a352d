"""`pidgin redact`: take out of a stream what is nobody else's business."""

from __future__ import annotations

from pidgin_cli.cli.options import command
from pidgin_cli.cli.redacting import RedactingOptions, write_redacted
from pidgin_cli.errors import ExitStatus


class RedactOptions(RedactingOptions):
    """What `redact` takes."""


def redact(options: RedactOptions) -> ExitStatus:
    """Take content, names of models, and patterns out of a stream of events.

    Without any of --content, --hash-models, --pattern, --regex and --builtin: the first two, and
    the patterns that are configured. Reads stdin unless SOURCEs are named.
    """
    return write_redacted(options)


app = command(RedactOptions, redact)

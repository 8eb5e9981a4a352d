"""Calling a command for the events that somebody wants to be called for, one at a time."""

from __future__ import annotations

import queue
import shlex
import shutil
import subprocess
import threading
from collections.abc import Sequence

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.streams import STDERR
from pidgin_cli.errors import UsageError
from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import Event
from pidgin_cli.filters.alert import parse_alert

WAITING = 10_000
"""Alerts that may wait for the command; those past that are told and left out."""


class Alerting:
    """Runs a command for each event that an alert is for, with the event on its stdin.

    The command is no line for a shell, and what it writes on its stdout goes to stderr. It is run
    by a thread of its own, so that a slow one holds nothing up.

    Raises:
        UsageError: an alert is none, or there is no such command.
    """

    def __init__(self, alerts: Sequence[str], command: str | None) -> None:
        self._alerts = [parse_alert(text) for text in alerts]
        if bool(self._alerts) != (command is not None):
            raise UsageError("--alert says when, and --exec says what to run then: give both")
        self._command = _words(command or "")
        self._lines: queue.Queue[bytes | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
        if self._alerts:
            self._thread.start()

    def feed(self, event: Event) -> None:
        """Take in the next event, without ever waiting."""
        if not any(alert.holds(event) for alert in self._alerts):
            return
        try:
            self._lines.put_nowait(encode(event))
        except queue.Full:
            complain(f"{WAITING} alerts wait for {self._command[0]}; one of {event.id} is left out")

    def finish(self) -> None:
        """Wait until the command was run for every alert."""
        if self._alerts:
            self._lines.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                ended = subprocess.run(self._command, input=line, stdout=STDERR, check=False)
            except OSError as error:
                complain(f"cannot run {self._command[0]}: {error.strerror}")
                continue
            if ended.returncode:
                complain(f"{self._command[0]} ended with status {ended.returncode} for an alert")


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--exec {command!r} cannot be split into words: {error}") from None
    if words and shutil.which(words[0]) is None:
        raise UsageError(f"--exec: there is no command {words[0]!r}; a shell's own needs sh -c '…'")
    return words

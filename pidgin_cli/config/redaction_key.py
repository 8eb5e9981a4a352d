"""The key of redaction: where it is kept, how it is made once, and what speaks against a file."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pidgin_cli.config.files import user_folder
from pidgin_cli.config.folders import NO_HOME, expand_home
from pidgin_cli.config.wording import printable
from pidgin_cli.errors import ConfigError, PidginError, UsageError
from pidgin_cli.files.whole import whole_file

KEY_FILE = "redaction.key"
KEY_FILE_VARIABLE = "PIDGIN_REDACT_KEY_FILE"
SHORTEST, LONGEST = 16, 4096
"""Bytes of a key. One of our own has 64 hex digits, which stand for 256 random bits."""


@dataclass(frozen=True, slots=True)
class RedactionKey:
    """What the hashes of a redaction are keyed with; whoever has it can test guesses."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Tells keys apart, and helps nobody to find one: 64 bits of a hash of the key."""
        return hashlib.sha256(b"pidgin redaction key\0" + self.secret).hexdigest()[:16]


def redaction_key(
    file: Path | None = None, environ: Mapping[str, str] = os.environ
) -> RedactionKey:
    """Give the key: of the file named, of PIDGIN_REDACT_KEY_FILE, or of the user's own.

    The user's own is made where it is not there yet; of several processes that make it at once
    all have the same. A file that somebody named must be there.

    Raises:
        ConfigError: there is no home, or the file is not there, is none, can be read by others,
            or holds too little or too much.
    """
    if file is None and environ.get(KEY_FILE_VARIABLE):
        file = expand_home(Path(environ[KEY_FILE_VARIABLE]), environ, KEY_FILE_VARIABLE)
    if file is not None:
        return _read(file)
    folder = user_folder(environ)
    if folder is None:
        raise ConfigError(
            f"no place for the key of redaction: {NO_HOME}; set HOME, or name a file with "
            f"--key-file or {KEY_FILE_VARIABLE}"
        )
    path = folder / KEY_FILE
    if not os.path.lexists(path):
        _make(path)
    return _read(path)


def _read(path: Path) -> RedactionKey:
    name = printable(str(path))
    try:
        # A pipe that nobody writes would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise ConfigError(f"cannot read the key of redaction {name}: {reason}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ConfigError(f"the key of redaction {name} is not a file: name one")
        if status.st_mode & 0o077:
            raise ConfigError(
                f"the key of redaction {name} can be read by others, who could test guesses: "
                "chmod 600 it, or make another"
            )
        secret = os.read(descriptor, LONGEST + 1).strip()
    finally:
        os.close(descriptor)
    if not SHORTEST <= len(secret) <= LONGEST:
        raise ConfigError(
            f"the key of redaction {name} has {len(secret)} bytes; it needs {SHORTEST} to "
            f"{LONGEST}: 'openssl rand -hex 32' makes one"
        )
    return RedactionKey(secret)


def _make(path: Path) -> None:
    """Make a key; of several processes that do so at once one wins, and nobody reads half a key."""
    import secrets

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(UsageError), whole_file(path) as stream:
            stream.write(secrets.token_hex(32).encode() + b"\n")
    except (OSError, PidginError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"cannot make the key of redaction {printable(str(path))}: {reason}; name a file with "
            f"--key-file or {KEY_FILE_VARIABLE}"
        ) from None

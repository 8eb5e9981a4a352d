"""What several processes have set aside of one budget, each in a file that dies with its lock."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from pidgin_cli.errors import StoreError
from pidgin_cli.events import payload
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.lock import LOCK

SUFFIX = ".ledger"
_BETWEEN_TRIES = 0.002
"""Seconds between two tries for a lock that is held for less than that."""
_OPEN = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Claim:
    """The most that one response may use, set aside before it is asked for."""

    experiment_id: str
    response: int
    tokens: int
    cost_usd: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Held:
    """Claims of one process; of a dead one, they stand until it is known what became of them."""

    path: Path
    alive: bool
    claims: tuple[Claim, ...]


class Reservations:
    """The claims of all processes on one budget. Looking and changing needs the lock of all.

    Args:
        name: of the budget; the files are called after it.
    """

    def __init__(self, folder: Folder, name: str) -> None:
        self._folder = folder
        self._name = name
        self._own = folder.root / f"{name}.{secrets.token_hex(8)}{SUFFIX}"
        self._descriptor: int | None = None

    @asynccontextmanager
    async def exclusively(self) -> AsyncIterator[None]:
        """Be the only process that looks at the claims or changes them.

        Raises:
            StoreError: the files cannot be made.
        """
        self._folder.make()
        descriptor = self._open(self._folder.root / f"{self._name}{SUFFIX}")
        try:
            while not LOCK.acquire(descriptor):
                await asyncio.sleep(_BETWEEN_TRIES)
            yield
        finally:
            os.close(descriptor)

    def others(self) -> Iterator[Held]:
        """Give what other processes hold, also those that died."""
        for path in sorted(self._folder.root.glob(f"{self._name}.*{SUFFIX}")):
            if path == self._own:
                continue
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                yield Held(path, LOCK.is_held(descriptor), _claims(descriptor))
            finally:
                os.close(descriptor)

    def hold(self, claims: Mapping[str, Claim]) -> None:
        """Say what this process holds now.

        Raises:
            StoreError: it cannot be written.
        """
        if self._descriptor is None:
            self._descriptor = self._open(self._own)
            LOCK.acquire(self._descriptor)
        data = orjson.dumps([asdict(claim) for claim in claims.values()])
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, data, 0)
        except OSError as error:
            raise StoreError(f"cannot write {self._own}: {error.strerror}") from None

    def close(self) -> None:
        """Hold nothing any more."""
        if self._descriptor is not None:
            self._own.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self, path: Path) -> int:
        try:
            return os.open(path, _OPEN, self._folder.file_mode)
        except OSError as error:
            raise StoreError(f"cannot open {path}: {error.strerror}") from None


def _claims(descriptor: int) -> tuple[Claim, ...]:
    try:
        found = orjson.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
    except orjson.JSONDecodeError:
        # Whoever writes holds the lock of all: this one was killed before it had any.
        return ()
    return tuple(
        Claim(
            payload.text(each, "experiment_id") or "",
            payload.integer(each, "response") or 0,
            payload.integer(each, "tokens") or 0,
            payload.number(each, "cost_usd") or 0.0,
            payload.number(each, "seconds") or 0.0,
        )
        for each in payload.mappings({"claims": found}, "claims")
    )

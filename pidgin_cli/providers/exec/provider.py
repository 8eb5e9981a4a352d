"""Any program as an agent: messages go to its stdin, the answer comes from its stdout."""

from __future__ import annotations

import codecs
import os
import shlex
import shutil
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from pidgin_cli.config.wording import brief, printable
from pidgin_cli.errors import UsageError
from pidgin_cli.events.usage import CHARACTERS_A_TOKEN, Usage, estimated_tokens
from pidgin_cli.providers.asked import check_parameters, given
from pidgin_cli.providers.base import Chunk, Finished, Opened, ProviderError, Request, Text
from pidgin_cli.providers.exec.process import Ended, Process

TIMEOUT_SECONDS = 600.0
LONGEST_ERROR = 400
"""Characters of the end of stderr that a message shows."""
TRY_AGAIN = os.EX_TEMPFAIL
"""Status by which a program says that the same may succeed later."""

# No key is among these, and no address of a proxy, where passwords stand. What else a program
# needs, it reads from a file, or is set by `sh -c`.
PASSED_ON = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR"}
)
_PASSED_ON_PREFIX = "LC_"

_NO_PLACE = dict.fromkeys(
    ("temperature", "top_p", "seed", "thinking", "stop"),
    "a program is sent nothing but the messages; leave it out, or make it part of the command",
)


class ExecProvider:
    """Programs as agents, `exec:COMMAND`; one is started for each response, without a shell.

    Its stdin gets the messages, one JSON object {role, content, name} a line. What it writes on
    stdout is the response, to the byte. A status other than 0 is a failure; 75 says that the same
    may succeed later. It and its children are killed when the response is over or given up.

    Args:
        environ: what is passed on of it is a short list, and PIDGIN_EXPERIMENT_ID,
            PIDGIN_AGENT_ID and PIDGIN_TURN are added.
        timeout: seconds of silence after which a program is given up.
    """

    name = "exec"

    def __init__(
        self, environ: Mapping[str, str] = os.environ, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._environ = environ
        self._timeout = timeout

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the program is there, and that nothing is asked that it cannot be told.

        Raises:
            UsageError: it is not, or something is.
        """
        program = _words(model)[0]
        if shutil.which(program, path=self._environ.get("PATH")) is None:
            raise UsageError(_missing(program))
        check_parameters(f"exec:{brief(model)}", parameters, _NO_PLACE)

    def context_limit(self, model: str) -> int | None:
        """Give None: what a program takes is not known."""
        return None

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give max_tokens, which cuts the answer by the estimate that counts it."""
        return given(request.parameters)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Run the program, and give what it writes as it comes.

        Raises:
            ProviderError: it cannot be started, fails, or is silent for too long.
            UsageError: the command was never checked and cannot be used.
        """
        words = _words(request.model)
        process = Process(words, self._surroundings(request), self._timeout)
        most = _most_characters(request)
        length, is_cut = 0, False
        async with process.running(b"".join(each.line() for each in request.messages)):
            yield Opened()
            async with aclosing(_texts(process)) as texts:
                async for text in texts:
                    piece = text if most is None else text[: most - length]
                    length += len(piece)
                    if piece:
                        yield Text(piece)
                    if is_cut := len(piece) < len(text):
                        break
            if not is_cut:
                _raise_failure(words[0], await process.ended())
        usage = Usage(estimated_tokens(request.characters), estimated_tokens(length))
        yield Finished("length" if is_cut else "stop", usage, usage_estimated=True)

    async def close(self) -> None:
        """Do nothing: no program outlives its response."""

    def _surroundings(self, request: Request) -> dict[str, str]:
        passed_on = {
            name: value
            for name, value in self._environ.items()
            if name in PASSED_ON or name.startswith(_PASSED_ON_PREFIX)
        }
        return {
            **passed_on,
            "PIDGIN_EXPERIMENT_ID": request.experiment_id,
            "PIDGIN_AGENT_ID": request.agent_id,
            "PIDGIN_TURN": str(request.turn_number),
        }


def _words(command: str) -> Sequence[str]:
    """Give program and arguments.

    Raises:
        UsageError: it is none.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        reason = str(error).lower()
        raise UsageError(f"exec:{brief(command)}: {reason}: quote it as for a shell") from None
    if not words or not words[0] or "\0" in command:
        raise UsageError(f"exec:{brief(command)} is no command: write exec:PROGRAM [ARGUMENT]…")
    return words


def _missing(program: str) -> str:
    if "/" in program and os.path.isfile(program):
        return f"exec: {printable(program)} is not executable: chmod +x it"
    return f"exec: there is no program {printable(program)}"


def _most_characters(request: Request) -> int | None:
    tokens = request.parameters.get("max_tokens")
    return None if tokens is None else tokens * CHARACTERS_A_TOKEN


async def _texts(process: Process) -> AsyncGenerator[str, None]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    async with aclosing(process.blocks()) as blocks:
        async for block in blocks:
            if text := decoder.decode(block):
                yield text
    if text := decoder.decode(b"", final=True):
        yield text


def _raise_failure(program: str, end: Ended) -> None:
    """Raise what a status other than 0 means.

    Raises:
        ProviderError: it is not 0.
    """
    if end.status == 0:
        return
    how = f"status {end.status}" if end.status > 0 else f"signal {-end.status}"
    words = printable(" ".join(end.stderr.decode("utf-8", "replace").split()))
    said = f": {words[-LONGEST_ERROR:]}" if words else ""
    raise ProviderError(
        "server_error",
        f"{brief(os.path.basename(program))} ended with {how}{said}",
        retryable=end.status == TRY_AGAIN,
    )

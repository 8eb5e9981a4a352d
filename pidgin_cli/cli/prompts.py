"""The initial prompt as it was typed: the text itself, @FILE, - for stdin, or dimensions."""

from __future__ import annotations

from pathlib import Path

from pidgin_cli.cli.streams import stdin_blocks
from pidgin_cli.config.prompts import DEFAULT_PROMPT, dimensional_prompt, prompt_tables
from pidgin_cli.config.settings import PromptTables
from pidgin_cli.errors import UsageError


def read_prompt(typed: str | None, dimensions: str | None, configured: PromptTables) -> str:
    """Give the prompt that is meant; one newline at the end of a file is not part of it.

    Raises:
        UsageError: the file cannot be read, or it is not UTF-8; a dimension is not known; or both
            kinds of prompt were typed.
    """
    if dimensions is not None:
        if typed is not None:
            raise UsageError("-p and -d are both a prompt: give one of them")
        return dimensional_prompt(prompt_tables(configured), dimensions)
    if typed is None:
        return DEFAULT_PROMPT
    if typed == "-":
        return decoded(b"".join(stdin_blocks()), "stdin").removesuffix("\n")
    if typed.startswith("@"):
        return decoded(_content(Path(typed[1:])), typed[1:]).removesuffix("\n")
    return typed


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the prompt {path}: {error.strerror}") from None


def decoded(data: bytes, where: str) -> str:
    """Give the text of what was read.

    Raises:
        UsageError: it is not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UsageError(
            f"the text of {where} is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}"
        ) from None

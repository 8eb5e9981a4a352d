"""What a ./pidgin.yaml may not do that nobody named: a cloned folder is a stranger's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pidgin_cli.config.interpret import Setting
from pidgin_cli.errors import ConfigError


def _always(_: Any) -> bool:
    return True


def _is_off(value: bool) -> bool:
    return not value


def _is_on(value: bool) -> bool:
    return value


def _runs_a_command(model: str) -> bool:
    return model.strip().lower().startswith("exec:")


RESTRICTED: Mapping[str, Callable[[Any], bool]] = {
    "events.storage.data_dir": _always,
    "events.storage.group_readable": _is_on,
    "events.privacy.enabled": _is_off,
    "events.privacy.remove_content": _is_off,
    "events.privacy.hash_models": _is_off,
    "events.privacy.redact_patterns": _always,
    "events.privacy.redact_builtin": _always,
    "agents.*.model": _runs_a_command,
    "providers": _always,
    "catalogue": _always,
}
"""Dotted keys, each with all keys below it, and which of their values need trust."""


def refuse_restricted(settings: Iterable[Setting], file: str) -> None:
    """See that a file which was found and not named sets nothing that needs trust.

    Raises:
        ConfigError: it does; the text says which lines and how to allow it.
    """
    refused = [
        f"{setting.origin}: {setting.key} may not be set like this by a file that was found and "
        f"not named: name it with --config {file} if you trust it"
        for setting in settings
        if _needs_trust(setting)
    ]
    if refused:
        raise ConfigError(*refused)


def _needs_trust(setting: Setting) -> bool:
    return any(
        f"{setting.key.rule}.".startswith(f"{restricted}.") and needs_trust(setting.value)
        for restricted, needs_trust in RESTRICTED.items()
    )

"""Privacy: what the configuration says of redaction, and the filter that the store puts first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from pidgin_cli.config.faults import Faults
from pidgin_cli.config.redaction_key import RedactionKey, redaction_key
from pidgin_cli.config.settings import PrivacySettings, Settings
from pidgin_cli.errors import ConfigError, UsageError
from pidgin_cli.filters.redaction.wanted import PatternSettings

if TYPE_CHECKING:
    from pidgin_cli.filters.redact import Naming, Redact

_NOWHERE: Mapping[str, str] = MappingProxyType({})


def store_filter(settings: Settings) -> Redact | None:
    """Give what events go through before they are kept; None where privacy is not switched on.

    Raises:
        ConfigError: nothing is to be redacted, a pattern is wrong, or there is no key.
    """
    privacy = settings.events.privacy
    if not privacy.enabled:
        return None
    # Runs that are not private do not pay for it.
    from pidgin_cli.filters.redact import Redact, RedactOptions

    patterns = sound_patterns(privacy)
    options = RedactOptions(privacy.remove_content, privacy.hash_models, patterns)
    return Redact(options, naming(settings, redaction_key()))


def sound_patterns(
    privacy: PrivacySettings, origins: Mapping[str, str] = _NOWHERE
) -> PatternSettings:
    """Give the patterns of the configuration, where all that it says of privacy means something.

    Args:
        origins: where keys were set, by their dotted names.

    Raises:
        ConfigError: a pattern is wrong, or privacy is switched on and nothing is to be redacted.
    """
    patterns = configured_patterns(privacy, origins)
    if privacy.enabled and patterns.nothing and not (privacy.remove_content or privacy.hash_models):
        raise ConfigError(
            f"{_place('enabled', origins)} is true, and nothing is to be redacted: set "
            "remove_content, hash_models, redact_patterns or redact_builtin"
        )
    return patterns


def configured_patterns(
    privacy: PrivacySettings, origins: Mapping[str, str] = _NOWHERE
) -> PatternSettings:
    """Give the patterns of the configuration.

    Args:
        origins: where keys were set, by their dotted names.

    Raises:
        ConfigError: one of them means nothing; says where it was set.
    """
    expressions = privacy.redact_patterns or ()
    families = frozenset(privacy.redact_builtin or ())
    faults = Faults()
    for key, patterns in (
        ("redact_patterns", PatternSettings(expressions=expressions)),
        ("redact_builtin", PatternSettings(families=families)),
    ):
        with faults.gathered():
            try:
                check_patterns(patterns)
            except UsageError as error:
                raise ConfigError(f"{_place(key, origins)}: {error}") from None
    faults.refuse()
    return PatternSettings(expressions=expressions, families=families)


def _place(key: str, origins: Mapping[str, str]) -> str:
    name = f"events.privacy.{key}"
    return f"{origins[name]}: {name}" if name in origins else name


def check_patterns(patterns: PatternSettings) -> None:
    """See that every pattern means something.

    Raises:
        UsageError: one does not.
    """
    if patterns != PatternSettings():
        from pidgin_cli.filters.redaction.patterns import Matcher

        Matcher(patterns)


def naming(settings: Settings, key: RedactionKey) -> Naming:
    """Give what a redaction knows: its key, the catalogue when it is needed, the services."""
    # Most streams hold no name that needs the catalogue, which takes long to read.
    from pidgin_cli.config.catalogue import load_catalogue
    from pidgin_cli.filters.redact import Naming

    return Naming(
        key.secret, partial(load_catalogue, settings.catalogue), frozenset(settings.providers)
    )

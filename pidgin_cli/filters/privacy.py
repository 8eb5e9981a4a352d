"""Privacy: what the configuration says of redaction, and the filter that the store puts first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pidgin_cli.config.redaction_key import RedactionKey, redaction_key
from pidgin_cli.config.settings import PrivacySettings, Settings
from pidgin_cli.errors import ConfigError, UsageError
from pidgin_cli.filters.redaction.wanted import PatternSettings

if TYPE_CHECKING:
    from pidgin_cli.filters.redact import Naming, Redact


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

    patterns = configured_patterns(privacy)
    options = RedactOptions(privacy.remove_content, privacy.hash_models, patterns)
    if not any(options.parts().values()):
        raise ConfigError(
            "events.privacy is enabled, and nothing is to be redacted: set remove_content, "
            "hash_models, redact_patterns or redact_builtin"
        )
    return Redact(options, naming(settings, redaction_key()))


def configured_patterns(privacy: PrivacySettings) -> PatternSettings:
    """Give the patterns of the configuration.

    Raises:
        ConfigError: one of them means nothing.
    """
    patterns = PatternSettings(
        expressions=privacy.redact_patterns or (),
        families=frozenset(privacy.redact_builtin or ()),
    )
    try:
        check_patterns(patterns)
    except UsageError as error:
        raise ConfigError(f"events.privacy: {error}") from None
    return patterns


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

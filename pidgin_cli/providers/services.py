"""The table of model services: where each kind is, whose key it takes, how it is spoken to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from pidgin_cli.config.providers import SERVICES, kind_of
from pidgin_cli.config.settings import Kind, ProviderSettings
from pidgin_cli.config.wording import printable
from pidgin_cli.errors import ConfigError
from pidgin_cli.providers.keys import KeySource
from pidgin_cli.providers.wire import Dialect

ContextLimit: TypeAlias = Callable[[str], int | None]

OLLAMA_PORT = 11434


@dataclass(frozen=True, slots=True)
class Service:
    """A model service as it is configured.

    Args:
        name: what stands before the colon of `PROVIDER:MODEL`.
        base_url: without a slash at its end.
        timeout: seconds of silence; None for the usual.
    """

    name: str
    kind: Kind
    base_url: str
    key: KeySource
    timeout: float | None
    settings: ProviderSettings

    def dialect(self, context_limit: ContextLimit) -> Dialect:
        """Give how it is spoken to."""
        return _KINDS[self.kind].dialect(self, context_limit)


def services(
    providers: Mapping[str, ProviderSettings], environ: Mapping[str, str]
) -> dict[str, Service]:
    """Give all services by name: those that are always there, then those of the configuration.

    Raises:
        ConfigError: OLLAMA_HOST is no address.
    """
    built_in: dict[str, ProviderSettings] = {name: ProviderSettings() for name in SERVICES}
    return {
        name: _service(name, settings, environ)
        for name, settings in {**built_in, **providers}.items()
    }


def _service(name: str, settings: ProviderSettings, environ: Mapping[str, str]) -> Service:
    kind = kind_of(name, settings)
    if kind is None:
        raise ConfigError(f"providers.{printable(name)} has no kind")
    facts = _KINDS[kind]
    base_url = settings.base_url or facts.base_url
    if kind == "ollama" and settings.base_url is None:
        base_url = ollama_url(environ.get("OLLAMA_HOST", "")) or base_url
    return Service(
        name=name,
        kind=kind,
        base_url=base_url.rstrip("/"),
        key=KeySource(name, _variables(name, kind, settings), settings.api_key_file),
        timeout=settings.timeout or facts.timeout,
        settings=settings,
    )


def _variables(name: str, kind: Kind, settings: ProviderSettings) -> tuple[str, ...]:
    if settings.api_key_env is not None:
        return (settings.api_key_env,)
    # The key of a well-known service goes to that service, or where its own entry says.
    if settings.base_url is None or name == kind:
        return _KINDS[kind].variables
    return ()


def ollama_url(host: str) -> str | None:
    """Give the address that OLLAMA_HOST means, None where it is empty.

    Raises:
        ConfigError: it means none.
    """
    text = host.strip()
    if not text:
        return None
    try:
        url = urlsplit(text if "://" in text else f"http://{text}")
        port = url.port or (None if "://" in text else OLLAMA_PORT)
    except ValueError:
        raise ConfigError("OLLAMA_HOST is no address: set it to HOST:PORT") from None
    # What a server listens on everywhere is not where a client finds it.
    name = "127.0.0.1" if url.hostname in (None, "0.0.0.0", "::") else url.hostname
    if url.scheme not in ("http", "https") or url.username or url.password:
        raise ConfigError("OLLAMA_HOST is no address: set it to HOST:PORT")
    shown_name = f"[{name}]" if ":" in str(name) else name
    return f"{url.scheme}://{shown_name}{f':{port}' if port else ''}{url.path}"


# Each of these is imported when a service of its kind is asked for the first time.


def _anthropic(service: Service, context_limit: ContextLimit) -> Dialect:
    from pidgin_cli.providers.anthropic.dialect import AnthropicDialect

    settings = service.settings
    return AnthropicDialect(settings.anthropic_version, settings.prompt_caching)


def _openai(service: Service, context_limit: ContextLimit) -> Dialect:
    from pidgin_cli.providers.openai.responses import OPENAI_RESPONSES, ResponsesDialect

    return ResponsesDialect(OPENAI_RESPONSES)


def _xai(service: Service, context_limit: ContextLimit) -> Dialect:
    from pidgin_cli.providers.openai.responses import XAI_RESPONSES, ResponsesDialect

    return ResponsesDialect(XAI_RESPONSES)


def _google(service: Service, context_limit: ContextLimit) -> Dialect:
    from pidgin_cli.providers.google.dialect import GoogleDialect

    return GoogleDialect()


def _ollama(service: Service, context_limit: ContextLimit) -> Dialect:
    from pidgin_cli.providers.ollama import OllamaDialect

    return OllamaDialect(context_limit)


def _compatible(service: Service, context_limit: ContextLimit) -> Dialect:
    from pidgin_cli.providers.openai.chat import ChatDialect, ChatVariant

    settings = service.settings
    return ChatDialect(
        ChatVariant(
            service=service.name,
            usage=settings.usage,
            output_limit=settings.output_limit,
            order=settings.order,
            thinking=settings.thinking or None,
            no_thinking=settings.no_thinking or None,
        )
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """What holds for a kind of service where the configuration says nothing else."""

    dialect: Callable[[Service, ContextLimit], Dialect]
    base_url: str = ""
    variables: tuple[str, ...] = ()
    timeout: float | None = None


_KINDS: Mapping[Kind, _Kind] = {
    "anthropic": _Kind(_anthropic, "https://api.anthropic.com", ("ANTHROPIC_API_KEY",)),
    "openai": _Kind(_openai, "https://api.openai.com/v1", ("OPENAI_API_KEY",)),
    # Its models think long before they say anything.
    "xai": _Kind(_xai, "https://api.x.ai/v1", ("XAI_API_KEY",), 900.0),
    "google": _Kind(
        _google,
        "https://generativelanguage.googleapis.com",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    ),
    "ollama": _Kind(_ollama, f"http://localhost:{OLLAMA_PORT}"),
    "openai-compatible": _Kind(_compatible),
}

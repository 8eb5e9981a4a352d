"""Whether the model services could be asked: which keys are set, never what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pidgin_cli.cli.diagnosis.finding import Finding
from pidgin_cli.config.settings import Settings
from pidgin_cli.errors import ConfigError
from pidgin_cli.providers.services import Service, services


def keys(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the key of every service."""
    for service in services(settings.providers, environ).values():
        yield _key(service, environ)


def _key(service: Service, environ: Mapping[str, str]) -> Finding:
    check = f"key of {service.name}"
    match service.key.state(environ):
        case "set":
            return Finding(check, "ok", "set")
        case "not needed":
            return Finding(check, "ok", "none is needed")
        case "missing":
            variables = " or ".join(service.key.variables)
            return Finding(check, "note", "not set", f"to use it, set {variables}")
        case "unusable":
            return Finding(check, "problem", _reason(service, environ), "mend it as it says")


def _reason(service: Service, environ: Mapping[str, str]) -> str:
    try:
        service.key.find(environ)
    except ConfigError as error:
        return str(error)
    return "it could not be used a moment ago"

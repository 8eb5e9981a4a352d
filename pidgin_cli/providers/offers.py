"""What services say themselves that they serve."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pidgin_cli.config.secret import Secret
from pidgin_cli.config.settings import Kind
from pidgin_cli.events.codec import encode_object
from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.confidence import Confidence
from pidgin_cli.providers.fields import body_object, count, mapping, parsed, sequence, text
from pidgin_cli.providers.http import Answer, Http
from pidgin_cli.providers.services import Service

WAIT_SECONDS = 20.0
"""How long a service may take to say what it has."""
LARGEST = 16 * 2**20
"""Bytes of such an answer; OpenRouter's has less than one MB."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A model that a service serves; tokens where it says them."""

    id: str
    context: int | None = None
    max_output: int | None = None


async def offered_by(
    services: Iterable[tuple[Service, Secret | None]],
) -> Mapping[str, Sequence[Offered] | ProviderError]:
    """Ask all these services at once, each with its key, and give what each said or why not."""
    asked = list(services)
    http = Http()
    try:
        said = await asyncio.gather(*(_said(service, key, http) for service, key in asked))
    finally:
        await http.close()
    return dict(zip((service.name for service, _ in asked), said, strict=True))


async def _said(
    service: Service, key: Secret | None, http: Http
) -> Sequence[Offered] | ProviderError:
    secrets = (*_configured_headers(service).values(), *http.proxy_secrets)
    confidence = Confidence(key.reveal() if key else None, secrets)
    try:
        with confidence.kept():
            async with asyncio.timeout(WAIT_SECONDS):
                return await _asked(service, key, confidence, http)
    except ProviderError as error:
        return error
    except TimeoutError:
        return ProviderError("timeout", f"no answer within {WAIT_SECONDS:g} seconds")


async def _asked(
    service: Service, key: Secret | None, confidence: Confidence, http: Http
) -> Sequence[Offered]:
    dialect, (path, read) = service.dialect(lambda model: None), _LISTS[service.kind]
    headers = {**_configured_headers(service), **dialect.headers}
    if key is not None:
        headers.update(dialect.key_headers(key.reveal()))
    async with http.get(service.base_url + path, headers, WAIT_SECONDS) as answer:
        if not 200 <= answer.status < 300:
            said, body = confidence.headers(answer.headers), await answer.beginning()
            raise dialect.failure(answer.status, said, confidence.body(body))
        body = await _whole(answer)
    try:
        found = [each for each in read(mapping(parsed(body))) if each.id]
    except ValueError:
        raise ProviderError("bad_response", "the answer is no list of models") from None
    if service.kind == "ollama":
        url = f"{service.base_url}/api/show"
        return await asyncio.gather(*(_measured(each, url, headers, http) for each in found))
    return found


def _configured_headers(service: Service) -> dict[str, str]:
    return {name.lower(): value.reveal() for name, value in service.settings.headers.items()}


async def _whole(answer: Answer) -> bytes:
    body = b""
    async for block in answer.blocks():
        body += block
        if len(body) > LARGEST:
            raise ProviderError("bad_response", f"an answer of more than {LARGEST} bytes")
    return body


async def _measured(offered: Offered, url: str, headers: Mapping[str, str], http: Http) -> Offered:
    """Give a model of Ollama with its context, which the list of them does not say."""
    body = encode_object({"model": offered.id})
    try:
        async with http.post(url, headers, body, WAIT_SECONDS) as answer:
            facts = mapping(body_object(await _whole(answer)).get("model_info"))
    except ProviderError:
        return offered
    contexts = (count(fact) for name, fact in facts.items() if name.endswith(".context_length"))
    return replace(offered, context=next(contexts, None))


def _anthropic(said: Mapping[str, Any]) -> Iterator[Offered]:
    for row in map(mapping, sequence(said.get("data"))):
        yield Offered(
            text(row.get("id")), count(row.get("max_input_tokens")), count(row.get("max_tokens"))
        )


def _openai(said: Mapping[str, Any]) -> Iterator[Offered]:
    for row in map(mapping, sequence(said.get("data"))):
        # Names by OpenRouter and by vLLM; OpenAI itself says nothing.
        context = count(row.get("context_length")) or count(row.get("max_model_len"))
        yield Offered(text(row.get("id")), context)


def _google(said: Mapping[str, Any]) -> Iterator[Offered]:
    for row in map(mapping, sequence(said.get("models"))):
        if "generateContent" in sequence(row.get("supportedGenerationMethods")):
            yield Offered(
                text(row.get("name")).removeprefix("models/"),
                count(row.get("inputTokenLimit")),
                count(row.get("outputTokenLimit")),
            )


def _ollama(said: Mapping[str, Any]) -> Iterator[Offered]:
    for row in map(mapping, sequence(said.get("models"))):
        yield Offered(text(row.get("name")))


_LISTS: Mapping[Kind, tuple[str, Callable[[Mapping[str, Any]], Iterator[Offered]]]] = {
    "anthropic": ("/v1/models?limit=1000", _anthropic),
    "openai": ("/models", _openai),
    "xai": ("/models", _openai),
    "google": ("/v1beta/models?pageSize=1000", _google),
    "ollama": ("/api/tags", _ollama),
    "openai-compatible": ("/models", _openai),
}

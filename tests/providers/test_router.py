import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.config.catalogue import load_catalogue
from pidgin_cli.config.settings import ProviderSettings, Settings
from pidgin_cli.errors import ConfigError, UsageError
from pidgin_cli.providers.router import Route, Router
from pidgin_cli.providers.sim.provider import SimProvider

CANARY = "canary-e1d2-key-that-nobody-may-see"
VARIABLES = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "XAI_API_KEY")
KEYS = dict.fromkeys(VARIABLES, CANARY)


class Closable(SimProvider):
    """A provider that notes that it was closed."""

    closed = False

    async def close(self) -> None:
        self.closed = True


def refusal(model: str, router: Router | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        (router or Router(environ={})).route(model)
    return str(caught.value)


def resolved(model: str, **given: Any) -> str:
    return Router(environ=KEYS, **given).route(model).name


def test_the_prefix_names_the_provider_and_the_rest_the_model() -> None:
    route = Router().route("sim:spiral,pace=20")
    assert (route.provider.name, route.model) == ("sim", "spiral,pace=20")


def test_a_provider_is_made_once_for_each_router() -> None:
    router = Router()
    routes = [router.route(f"sim:{style}") for style in ("chatty", "terse")]
    assert routes[0].provider is routes[1].provider
    assert Router().route("sim:chatty").provider is not routes[0].provider


def test_a_provider_of_the_callers_own_is_found_beside_the_sims() -> None:
    mine = Closable()
    router = Router({"mine": mine})
    assert router.route("mine:chatty") == Route(mine, "chatty", "mine:chatty")
    assert router.route("sim:chatty").provider is not mine


def test_a_provider_of_the_callers_own_comes_before_the_routers() -> None:
    mine = Closable()
    assert Router({"sim": mine}).route("sim:chatty").provider is mine


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("spiral", "did you mean sim:spiral?"),
        ("cluade", "did you mean claude?"),
        ("claude-opus-5.5", "did you mean claude-opus-5-5?"),
        ("openia:gpt-4o", "did you mean openai:gpt-4o?"),
        ("simm:chatty", "did you mean sim:chatty?"),
        ("mime:chatty", "did you mean mine:chatty?"),
    ],
)
def test_an_unknown_provider_is_refused_with_the_nearest_and_all_there_are(
    model: str, hint: str
) -> None:
    message = refusal(model, Router({"mine": Closable()}, environ={}))
    assert message.startswith(f"no provider for the model {model!r}; {hint} ")
    assert "providers: anthropic, exec, google, mine, ollama, openai, sim, xai;" in message
    assert "aliases: claude, " in message


@pytest.mark.parametrize(
    ("model", "advice"),
    [
        ("sim", "write sim:chatty, sim:terse, sim:echo, sim:spiral or sim:script:FILE"),
        ("exec", "write exec:PROGRAM"),
        ("mine", "write mine:MODEL"),
        ("openai", "'pidgin models --provider openai' lists some"),
        ("openai:", "'pidgin models --provider openai' lists some"),
    ],
)
def test_a_provider_without_a_model_is_refused_with_what_can_stand_there(
    model: str, advice: str
) -> None:
    message = refusal(model, Router({"mine": Closable()}, environ={}))
    assert message == f"the model behind {model!r} is missing: {advice}"


@pytest.mark.parametrize("model", ["", "zzz", "zzz:gpt", ":chatty"])
def test_a_model_like_none_is_refused_without_a_guess(model: str) -> None:
    message = refusal(model)
    assert "did you mean" not in message
    assert "sim:chatty" in message


def test_an_unknown_model_is_refused_by_its_provider() -> None:
    assert "did you mean chatty?" in refusal("sim:chaty")


def test_closing_closes_what_the_router_made(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text("Hello.\n")
    router = Router()
    closed = router.route(f"sim:script:{script}").provider
    script.unlink()
    asyncio.run(router.close())
    with pytest.raises(UsageError, match="cannot read the script"):
        closed.check(f"script:{script}", {})


def test_closing_leaves_the_callers_own_providers_open() -> None:
    mine = Closable()
    router = Router({"mine": mine})
    router.route("mine:chatty")
    asyncio.run(router.close())
    assert not mine.closed


def test_a_router_that_was_closed_can_be_closed_again_and_makes_anew() -> None:
    router = Router()
    before = router.route("sim:chatty").provider
    asyncio.run(router.close())
    asyncio.run(router.close())
    assert router.route("sim:chatty").provider is not before


def test_every_alias_leads_to_a_model_of_the_catalogue() -> None:
    catalogue = load_catalogue(environ={})
    leads = {alias: resolved(alias) for alias in catalogue.aliases}
    assert catalogue.aliases == leads
    assert set(leads.values()) <= set(catalogue.models)


@pytest.mark.parametrize("alias", ["claude", "opus", "sonnet", "haiku", "gpt", "gemini", "grok"])
def test_the_usual_short_names_are_there(alias: str) -> None:
    assert ":" in resolved(alias)


def test_every_id_of_the_catalogue_needs_no_provider_before_it() -> None:
    catalogue = load_catalogue(environ={})
    ids = [name.partition(":")[2] for name in catalogue.models]
    assert list(catalogue.models) == [resolved(model) for model in ids]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("anthropic:opus", "anthropic:claude-opus-5-5"),
        ("anthropic:gpt", "anthropic:gpt"),
        ("openai:gpt-99-turbo", "openai:gpt-99-turbo"),
        ("ollama:llama3.2:3b", "ollama:llama3.2:3b"),
        ("exec:sh -c 'echo a:b'", "exec:sh -c 'echo a:b'"),
        ("sim:chatty", "sim:chatty"),
    ],
)
def test_a_provider_and_a_model_are_resolved(model: str, expected: str) -> None:
    assert expected == resolved(model)


@pytest.mark.parametrize("model", ["claude", "gpt-6-luna", "ollama:llama3.2:3b", "sim:terse"])
def test_a_resolved_name_leads_to_the_same_again(model: str) -> None:
    router = Router(environ=KEYS)
    route = router.route(model)
    assert route == router.route(route.name)


def test_a_provider_bears_the_name_of_its_entry() -> None:
    settings = Settings(
        providers={"my-vllm": ProviderSettings(kind="openai-compatible", base_url="http://x/v1")}
    )
    route = Router(settings=settings, environ={}).route("my-vllm:org/model:tag")
    assert ("my-vllm", "org/model:tag") == (route.provider.name, route.model)


def test_what_the_catalogue_knows_of_a_context_is_known_of_the_route() -> None:
    route = Router(environ=KEYS).route("grok")
    assert 500_000 == route.provider.context_limit(route.model)


def test_a_key_that_is_not_there_is_said_before_anything_starts() -> None:
    with pytest.raises(ConfigError) as caught:
        Router(environ={"OPENAI_API_KEY": CANARY}).route("claude")
    expected = "no key for anthropic: set ANTHROPIC_API_KEY, or providers.anthropic.api_key_file"
    assert expected == str(caught.value)


def test_a_program_that_is_not_there_is_said_before_anything_starts() -> None:
    assert "exec: there is no program no-such-program" == refusal("exec:no-such-program")


def test_the_catalogue_of_the_user_goes_before_the_built_in(tmp_path: Path) -> None:
    file = tmp_path / "models.yaml"
    file.write_text("aliases: {claude: ollama:llama3, mine: openai:gpt-4o}\n")
    names = [
        resolved(name, settings=Settings(catalogue=file)) for name in ("claude", "mine", "gpt")
    ]
    assert ["ollama:llama3", "openai:gpt-4o", "openai:gpt-6.1-sol"] == names


def test_an_alias_to_a_provider_that_is_not_there_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "models.yaml"
    file.write_text("aliases: {mine: my-vllm:llama3}\n")
    message = refusal("mine", Router(settings=Settings(catalogue=file), environ={}))
    assert message.startswith(
        "the model 'mine' stands for my-vllm:llama3, and there is no provider my-vllm: "
    )


def test_a_provider_and_a_route_do_not_show_the_key() -> None:
    route = Router(environ=KEYS).route("claude")
    seen = [repr(route), repr(route.provider), repr(vars(route.provider))]
    seen += [repr(vars(route.provider._provider))]  # type: ignore[attr-defined]
    assert [text for text in seen if CANARY in text] == []


def loaded_after(program: str) -> str:
    script = (
        f"import sys; from pidgin_cli.providers.router import Router; {program}; "
        "print({'yaml', 'httpx', 'difflib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=60
    )
    return done.stdout.strip()


def test_simulated_agents_and_programs_load_neither_yaml_nor_httpx() -> None:
    assert "set()" == loaded_after("r = Router(); r.route('sim:chatty'); r.route('exec:cat')")


def test_a_real_service_loads_httpx_at_its_first_call_only() -> None:
    program = "Router(environ={'ANTHROPIC_API_KEY': 'x'}).route('claude')"
    assert "{'yaml'}" == loaded_after(program)

import asyncio
from pathlib import Path

import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.providers.router import Route, Router
from pidgin_cli.providers.sim import SimProvider


class Closable(SimProvider):
    """A provider that notes that it was closed."""

    closed = False

    async def close(self) -> None:
        self.closed = True


def refusal(model: str, router: Router | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        (router or Router()).route(model)
    return str(caught.value)


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
    assert router.route("mine:chatty") == Route(mine, "chatty")
    assert router.route("sim:chatty").provider is not mine


def test_a_provider_of_the_callers_own_comes_before_the_routers() -> None:
    mine = Closable()
    assert Router({"sim": mine}).route("sim:chatty").provider is mine


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("spiral", "did you mean sim:spiral?"),
        ("simm:chatty", "did you mean sim:chatty?"),
        ("mime:chatty", "did you mean mine:chatty?"),
    ],
)
def test_an_unknown_provider_is_refused_with_the_nearest_and_all_there_are(
    model: str, hint: str
) -> None:
    message = refusal(model, Router({"mine": Closable()}))
    assert message.startswith(f"no provider for the model {model!r}; {hint} ")
    assert "providers: mine, sim;" in message


@pytest.mark.parametrize("model", ["", "gpt", "openai:gpt", ":chatty"])
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

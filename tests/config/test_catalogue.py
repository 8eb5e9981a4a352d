from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from pidgin_cli.config.catalogue import (
    BUILT_IN,
    Catalogue,
    LongPrompts,
    Model,
    Prices,
    load_catalogue,
)
from pidgin_cli.config.providers import SERVICES
from pidgin_cli.errors import ConfigError

CATALOGUE = load_catalogue(environ={})
ROWS = CATALOGUE.models.items()
rows = pytest.mark.parametrize(("name", "model"), ROWS, ids=CATALOGUE.models)


def loaded(folder: Path, text: str) -> Catalogue:
    file = folder / "mine.yaml"
    file.write_text(text)
    return load_catalogue(file, {})


def fault(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    return str(caught.value).removeprefix(f"{folder}/")


@rows
def test_every_row_says_when_and_where_its_figures_stood(name: str, model: Model) -> None:
    assert date(2025, 1, 1) < date.fromisoformat(model.date) <= date.today()
    assert model.source.startswith("https://")


@rows
def test_every_row_is_of_a_service_that_is_built_in(name: str, model: Model) -> None:
    assert name.partition(":")[0] in SERVICES


@rows
def test_every_context_is_sane(name: str, model: Model) -> None:
    context = model.context or 1_000_000
    assert 8_000 <= context <= 10_000_000
    assert 1_000 <= (model.max_output or 1_000) <= context


@rows
def test_every_price_is_sane(name: str, model: Model) -> None:
    for prices in (model.prices, model.long_prompts.prices):
        for price in filter(None, prices):
            assert 0.001 <= price <= 200
        if prices.input is not None and prices.output is not None:
            assert prices.input < prices.output
            assert (prices.cached_input or 0) < prices.input
            assert prices.cache_write is None or prices.input < prices.cache_write


@rows
def test_a_long_prompt_never_costs_less(name: str, model: Model) -> None:
    if model.long_prompts.above is None:
        assert LongPrompts() == model.long_prompts
        return
    pairs = zip(model.prices, model.long_prompts.prices, strict=True)
    assert [(one, other) for one, other in pairs if one and not (other and other > one)] == []


def test_every_alias_leads_to_a_row() -> None:
    assert set(CATALOGUE.aliases.values()) <= set(CATALOGUE.models)


def test_no_alias_is_an_id_of_another_model() -> None:
    ids = {name.partition(":")[2]: name for name in CATALOGUE.models}
    both = {alias: ids[alias] for alias in CATALOGUE.aliases if alias in ids}
    assert {} == both


def test_the_catalogue_is_shipped() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    data = tomllib.loads(project.read_text())["tool"]["setuptools"]["package-data"]
    assert f"config/{BUILT_IN.name}" in data["pidgin_cli"]


def test_a_model_is_found_with_and_without_the_day_of_its_snapshot() -> None:
    catalogue = Catalogue({"a:m": Model("2026-01-01", "x"), "a:n-20250101": Model("d", "y")})
    found = [
        catalogue.find("a", name)
        for name in ("m", "m-20251130", "m-2025-11-30", "n-20250101", "n", "m-2", "")
    ]
    assert ["x", "x", "x", "y", None, None, None] == [each and each.source for each in found]


def test_a_model_is_found_at_its_own_provider_only() -> None:
    catalogue = Catalogue({"a:m": Model("2026-01-01", "x")})
    assert catalogue.find("b", "m") is None


def test_an_alias_and_a_mere_id_are_resolved() -> None:
    catalogue = Catalogue({"a:m:1": Model("2026-01-01", "x")}, {"short": "b:n"})
    expected = ["b:n", "a:m:1", None]
    assert expected == [catalogue.resolve(name) for name in ("short", "m:1", "other")]


def test_a_row_of_the_user_replaces_the_whole_row(tmp_path: Path) -> None:
    text = """
models:
  openai:gpt-4o:
    prices: {input: 1}
    date: 2026-11-01
    source: my contract
  my-vllm:llama: {context: 8192, date: 2026-11-01, source: its card}
aliases: {mine: my-vllm:llama}
"""
    catalogue = loaded(tmp_path, text)
    expected = Model("2026-11-01", "my contract", prices=Prices(input=1.0))
    assert expected == catalogue.models["openai:gpt-4o"]
    assert len(CATALOGUE.models) + 1 == len(catalogue.models)
    assert {**CATALOGUE.aliases, "mine": "my-vllm:llama"} == catalogue.aliases


def test_the_file_beside_the_users_configuration_is_read(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "pidgin"
    folder.mkdir(parents=True)
    (folder / "models.yaml").write_text("aliases: {mine: openai:gpt-4o}")
    assert "mine" in load_catalogue(environ={"HOME": str(tmp_path)}).aliases


def test_a_named_file_takes_the_place_of_the_one_beside_the_configuration(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "pidgin"
    folder.mkdir(parents=True)
    (folder / "models.yaml").write_text("aliases: {of-home: openai:gpt-4o}")
    named = tmp_path / "named.yaml"
    named.write_text("aliases: {named: openai:gpt-4o}")
    aliases = load_catalogue(named, {"HOME": str(tmp_path)}).aliases
    assert ("named" in aliases, "of-home" in aliases) == (True, False)


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: No such file.*: see what catalogue names"):
        load_catalogue(tmp_path / "none.yaml", {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("models: {gpt: {date: 2026-01-01, source: x}}", 'models.gpt: "gpt" is not PROVIDER:MODEL'),
        (
            "models: {'exec:rm': {date: 2026-01-01, source: x}}",
            'models.exec:rm: "exec:rm" is not PROVIDER:MODEL',
        ),
        ("models: {'a:b': {source: x}}", "models.a:b has no date: add one"),
        ("models: {'a:b': {date: 2026-01-01}}", "models.a:b has no source: add one"),
        (
            "models: {'a:b': {date: 2026-13-01, source: x}}",
            'models.a:b.date: "2026-13-01" is not a day such as 2026-10-24',
        ),
        (
            "models: {'a:b': {date: 2026-01-01, source: x, prices: {input: -1}}}",
            "models.a:b.prices.input: -1 is not a price of at least 0, "
            "in dollars for a million tokens",
        ),
        (
            "models: {'a:b': {date: 2026-01-01, source: x, price: {input: 1}}}",
            "unknown key models.a:b.price: did you mean prices?",
        ),
        (
            "models: {'a:b': {date: 2026-01-01, source: x, long_prompts: {prices: {input: 1}}}}",
            "models.a:b.long_prompts has no above: say from how many tokens on these prices hold",
        ),
        ("aliases: {'a:b': c:d}", 'aliases.a:b: "a:b" is not a name: it is empty, or holds'),
        ("aliases: {a: gpt}", 'aliases.a: "gpt" is not PROVIDER:MODEL'),
        ("aliases: {a: 'exec:rm -rf'}", 'aliases.a: "exec:rm -rf" is not PROVIDER:MODEL'),
    ],
)
def test_a_fault_is_said_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    assert fault(tmp_path, text).startswith(f"mine.yaml:1: {expected}")

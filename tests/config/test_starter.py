from __future__ import annotations

import re
from importlib.resources import files

import pytest

from pidgin_cli.config.interpret import settings_in
from pidgin_cli.config.layers import assembled, laid_over
from pidgin_cli.config.schema import keys_of_values
from pidgin_cli.config.settings import Settings
from pidgin_cli.config.yaml_file import parse_yaml

TEXT = files("pidgin_cli.config").joinpath("starter.yaml").read_text(encoding="utf-8")
EXAMPLES = ("agents.", "prompts.", "providers.")
"""What has no default of its own stands there by way of example."""


def taken_up() -> dict[str, object]:
    """Give what the file sets when every line of it is taken up."""
    lines = [line[1:] for line in TEXT.splitlines() if re.match(r"# ?(?: *[a-z_-]+:|$)", line)]
    document = parse_yaml("\n".join(lines[1:]).encode(), "starter")
    settings = assembled(Settings, laid_over({}, settings_in(document, "starter")))
    return {str(key): value for key, value in keys_of_values(settings)}


def test_as_it_is_the_file_sets_nothing() -> None:
    assert {} == parse_yaml(TEXT.encode(), "starter")


def test_every_key_stands_in_the_file_with_its_default() -> None:
    defaults = {str(key): value for key, value in keys_of_values(Settings())}
    given = {key: value for key, value in taken_up().items() if not key.startswith(EXAMPLES)}
    assert defaults == given
    for key in defaults:
        assert re.search(rf"\b{key.rpartition('.')[2]}:", TEXT), key


@pytest.mark.parametrize("prefix", EXAMPLES)
def test_what_has_no_default_has_an_example(prefix: str) -> None:
    assert any(key.startswith(prefix) for key in taken_up())


def test_no_line_is_wider_than_a_terminal_of_a_hundred_columns() -> None:
    assert [] == [line for line in TEXT.splitlines() if len(line) > 110]

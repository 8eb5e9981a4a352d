import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.providers.sim.model import OPTIONS, STYLES, SimModel, parse_model


def refusal(name: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse_model(name)
    return str(caught.value)


def test_a_style_stands_alone() -> None:
    assert parse_model("chatty") == SimModel("chatty")


def test_options_follow_the_style_in_any_order() -> None:
    expected = SimModel("terse", None, 20.5, 0.1, 1.0, 4_000, 9)
    assert parse_model("terse,length=9,context=4000,breaks=1,failures=.1,pace=20.5") == expected


def test_the_file_of_a_script_may_have_commas_and_equals_signs() -> None:
    expected = SimModel("script", "a,b=1,pace.txt", pace=5.0, breaks=0.5)
    assert parse_model("script:a,b=1,pace.txt,pace=5,breaks=0.5") == expected


def test_an_unknown_style_names_the_nearest_and_lists_all() -> None:
    message = refusal("Spirall")
    assert message.startswith("no simulated agent 'Spirall'; did you mean spiral? There are ")
    assert [style for style in STYLES if style not in message] == []


def test_an_unknown_option_names_the_nearest_and_lists_all() -> None:
    message = refusal("chatty,pase=3")
    assert message.startswith("sim:chatty: no option 'pase'; did you mean pace? There are ")
    assert [option for option in OPTIONS if option not in message] == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "no simulated agent ''; there are"),
        ("script:", "sim:script lacks its file: write sim:script:FILE"),
        ("script", "did you mean script:FILE?"),
        ("chatty,pace", "sim:chatty: pace is '', must be a number from 0 to 1000000"),
        ("chatty,pace=-1", "pace is '-1', must be a number from 0"),
        ("chatty,pace=nan", "pace is 'nan', must be"),
        ("chatty,failures=2", "failures is '2', must be a number from 0 to 1"),
        ("chatty,context=1.5", "context is '1.5', must be a whole number of at least 1"),
        ("chatty,length=0", "length is '0', must be a whole number from 1 to 100000"),
        ("chatty,pace=1,pace=2", "sim:chatty: pace is given twice"),
        ("script:f.txt,length=5", "option length changes nothing here"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, message: str) -> None:
    assert message in refusal(name)

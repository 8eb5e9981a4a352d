"""The head of a conversation's article: what it is, who takes part, what it came to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.views.figures import compact, dollars, moment, seconds, share
from pidgin_cli.views.hypertext import escaped, prose
from pidgin_cli.views.speakers import full_model, full_name
from pidgin_cli.views.summary import Pair, beginning, ending


def masthead(conversation: Conversation, shade: Callable[[str], int]) -> Iterator[str]:
    """Give the head.

    Args:
        shade: gives the number of an agent's colour.
    """
    state = "unfinished" if conversation.state == "running" else conversation.state
    yield "<header>"
    yield f"<h1>{escaped(conversation.experiment_id)}</h1>"
    yield f'<p class="meta"><span class="state {state}">{escaped(ending(conversation))}</span> '
    yield f"<time>{moment(conversation.first_timestamp or 0.0)}</time></p>\n"
    yield from _cast(conversation, shade)
    yield from _tiles(conversation)
    if conversation.initial_prompt:
        yield '<div class="prompt"><div class="who">prompt</div>'
        yield f"{prose(conversation.initial_prompt)}</div>\n"
    yield from _details(conversation)
    yield "</header>\n"


def _cast(conversation: Conversation, shade: Callable[[str], int]) -> Iterator[str]:
    if not conversation.agents:
        return
    yield '<ul class="cast">'
    for agent in conversation.agents:
        model = escaped(full_model(agent.model, agent.provider))
        name = escaped(full_name(agent))
        yield f'<li class="a{shade(agent.agent_id)}"><b>{name}</b> <span>{model}</span></li>'
    yield "</ul>\n"


def _tiles(conversation: Conversation) -> Iterator[str]:
    yield '<dl class="tiles">'
    for name, value in _figures(conversation):
        yield f"<div><dt>{name}</dt><dd>{escaped(value)}</dd></div>"
    yield "</dl>\n"


def _figures(conversation: Conversation) -> Iterator[Pair]:
    usage, highest = conversation.usage, conversation.highest_convergence
    yield "turns", str(conversation.turns_completed)
    yield "duration", seconds(conversation.duration)
    yield "tokens in", f"{usage.input_tokens:,}"
    yield "tokens out", f"{usage.output_tokens:,}"
    yield "cost", dollars(conversation.cost_usd)
    yield "highest convergence", "not measured" if highest is None else share(highest)
    yield "attractors", str(conversation.attractors)
    yield "interruptions", str(conversation.interruptions)
    if conversation.skipped:
        yield "left out", f"{conversation.skipped} of an unknown schema version"


def _details(conversation: Conversation) -> Iterator[str]:
    rows = [*beginning(conversation), *_parameters(conversation.agents)]
    yield "<details><summary>settings</summary><table>"
    for name, value in rows:
        yield f"<tr><th>{escaped(name)}</th><td>{escaped(value)}</td></tr>"
    yield "</table></details>\n"
    for agent in conversation.agents:
        if agent.system_prompt:
            name = escaped(full_name(agent))
            yield f"<details><summary>system prompt of {name}</summary>"
            yield f"{prose(agent.system_prompt)}</details>\n"


def _parameters(agents: tuple[Agent, ...]) -> Iterator[Pair]:
    for agent in agents:
        for name, value in agent.parameters.items():
            yield f"{name} of {full_name(agent)}", compact(value)

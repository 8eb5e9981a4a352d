"""Joining `conduct`: what was typed, and the inboxes that it goes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.options import CommonOptions, folder_of
from pidgin_cli.cli.prompts import decoded
from pidgin_cli.cli.streams import stdin_blocks
from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.interventions import InterventionSource
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.inbox import ACTS, Act, NotRunningError, Request, post
from pidgin_cli.store.overview import overview
from pidgin_cli.store.reader import file_blocks, ignore, read_events
from pidgin_cli.store.sources import resolve


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: of which experiments, what, and the words behind it."""

    sources: Sequence[str]
    act: Act
    words: str


def conduct_experiments(
    words: Sequence[str],
    source: InterventionSource,
    target: Sequence[str] | None,
    options: CommonOptions,
) -> ExitStatus:
    """Put what was typed into the inbox of every experiment that is meant.

    Raises:
        UsageError: what was typed means nothing.
    """
    asked = _asked(words, source, target)
    folder = folder_of(options.settings())
    status = ExitStatus.DONE
    for experiment_id in _experiments(folder, asked.sources):
        hearers = None if target is None else _agents(folder, experiment_id, target)
        try:
            post(folder, experiment_id, Request(asked.act, asked.words, source, hearers))
        except NotRunningError:
            state = overview(folder, experiment_id).state
            complain(f"experiment {experiment_id} does not run: it is {state}{_advice(state)}")
            status = ExitStatus.FAILED
    return status


def _asked(words: Sequence[str], source: str, target: Sequence[str] | None) -> Asked:
    found = next(
        ((at, act) for at, word in enumerate(words) if at for act in ACTS if word == act), None
    )
    if found is None:
        near = next((near for word in words[1:] if (near := nearest(word, ACTS))), None)
        hint = f"did you mean {near}? Write" if near else "write"
        raise UsageError(f"{hint} SOURCE and then one of {', '.join(ACTS)}")
    place, act = found
    rest = words[place + 1 :]
    if act != "inject":
        if rest or target or source != "human":
            raise UsageError(f"words, --source and --target are for inject, and not for {act}")
        return Asked(words[:place], act, "")
    if len(rest) != 1:
        raise UsageError("behind inject stands one TEXT, in quotation marks, or - for stdin")
    text = rest[0]
    if text == "-":
        text = decoded(b"".join(stdin_blocks()), "stdin").removesuffix("\n")
    if not text:
        raise UsageError("there are no words to inject")
    return Asked(words[:place], act, text)


def _experiments(folder: Folder, sources: Sequence[str]) -> list[str]:
    """Give the experiments that are meant: of all, and of a group, those that run."""
    chosen: dict[str, None] = {}
    for word in sources:
        several = word == "all" or word.startswith("group:")
        for source in resolve(folder, [word]):
            experiment_id = source.stored_in(folder)
            if experiment_id is None:
                raise UsageError(f"{source.name} is no experiment of {folder.root}")
            if not several or overview(folder, experiment_id).state == "running":
                chosen[experiment_id] = None
    if not chosen:
        raise NotRunningError(f"nothing that {' '.join(sources)} means is running in {folder.root}")
    return list(chosen)


def _agents(folder: Folder, experiment_id: str, typed: Sequence[str]) -> tuple[str, ...]:
    """Give the ids of agents that were typed by id or by name.

    Raises:
        UsageError: there is no such agent.
    """
    path = folder.log(experiment_id)
    if not path.exists():
        return ()
    first = islice(read_events(file_blocks(path), str(path), ignore, growing=True), 1)
    agents = Conversation.of(first).agents
    known = {name: agent.agent_id for agent in agents for name in (agent.name, agent.agent_id)}
    for name in typed:
        if name not in known:
            raise UsageError(
                f"experiment {experiment_id} has no agent {name!r}: there are "
                f"{', '.join(agent.agent_id for agent in agents)}"
            )
    return tuple(dict.fromkeys(known[name] for name in typed))


def _advice(state: str) -> str:
    return "; 'pidgin run --resume' goes on with it" if state in ("paused", "crashed") else ""

"""Writes the completions for bash, zsh and fish from the table of commands.

Run it after a command or an option has changed: `python completions/generate.py`. What they
complete is written out: the shell starts no Python, and asks the store's folder for experiments.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.main import get_command

from pidgin_cli.cli.app import COMMANDS, app
from pidgin_cli.config.catalogue import load_catalogue
from pidgin_cli.config.study import SLOTS
from pidgin_cli.events.kinds import KINDS
from pidgin_cli.providers.sim.model import STYLES

HERE = Path(__file__).parent
UNSERVED = (*(f"sim:{style.removesuffix('FILE')}" for style in STYLES), "exec:")
"""Models of no service: the simulated ones, and programs."""
AGENTS = tuple(f"agent_{slot}" for slot in SLOTS)
BY_METAVAR = {
    "SOURCE": "experiments",
    "EXPERIMENT": "experiments",
    "FILE": "files",
    "FOLDER": "folders",
    "MODEL": "models",
    "GLOB": "types",
    "TYPE": "types",
    "AGENT": "agents",
}
"""What is completed where the word for a value has this word in it; nothing for all others."""


@dataclass(frozen=True, slots=True)
class Value:
    """What may stand somewhere.

    Args:
        kind: experiments, files, folders, models, types, agents, words, or "" for anything.
        words: those that can stand there, where the kind is words.
        metavar: what the help calls it.
    """

    kind: str
    words: tuple[str, ...] = ()
    metavar: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One option; value is None where it takes none."""

    names: tuple[str, ...]
    help: str
    value: Value | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One command, with what its arguments are; argument is None where it takes none."""

    name: str
    summary: str
    options: tuple[Option, ...]
    argument: Value | None


def commands() -> list[Command]:
    """Give all commands, in the order of the table."""
    group: Any = get_command(app)
    return [_command(row.name, row.summary, group.get_command(None, row.name)) for row in COMMANDS]


def _command(name: str, summary: str, command: Any) -> Command:
    options = [p for p in command.params if p.param_type_name == "option"]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    return Command(
        name,
        summary.rstrip("."),
        (*map(_option, options), Option(("-h", "--help"), "Show help", None, False)),
        _value(arguments[0]) if arguments else None,
    )


def _option(option: Any) -> Option:
    names = tuple(sorted((*option.opts, *option.secondary_opts), key=len))
    words = (option.help or "").split(";")[0].rstrip(".")
    return Option(names, words, None if option.is_flag else _value(option), option.multiple)


def _value(parameter: Any) -> Value:
    choices = getattr(parameter.type, "choices", None)
    if choices:
        return Value("words", tuple(map(str, choices)), "|".join(map(str, choices)))
    metavar = parameter.metavar or ""
    kind = next(
        (kind for word, kind in BY_METAVAR.items() if re.search(rf"\b{word}\b", metavar)), ""
    )
    return Value(kind, (), metavar.strip("[]."))


def models() -> list[str]:
    """Give the names of models that need no configuration."""
    catalogue = load_catalogue(None, {})
    return [*UNSERVED, *catalogue.aliases, *catalogue.models]


def scripts() -> dict[str, str]:
    """Give the text of every completion by the name of its file."""
    written = {"pidgin.bash": bash, "_pidgin": zsh, "pidgin.fish": fish}
    return {name: "\n".join(make(commands())) + "\n" for name, make in written.items()}


HEAD = "written by completions/generate.py from the table of commands"
LIST_EXPERIMENTS = r"""
    local folder=${PIDGIN_DATA_DIR:-$HOME/.pidgin_data/events} file
    for file in "$folder"/*.events.jsonl "$folder"/*.events.jsonl.gz; do
        [[ -e $file ]] || continue
        file=${file##*/}
        file=${file%.gz}
        printf '%s\n' "${file%.events.jsonl}"
    done
    printf '%s\n' latest all
""".strip("\n")


def bash(table: list[Command]) -> Iterator[str]:
    """Give the completion for bash 4 or later, which needs nothing else."""
    yield f"# bash completion for pidgin, {HEAD}"
    yield f"_pidgin_experiments() {{\n{LIST_EXPERIMENTS}\n}}\n"
    yield _BASH_REPLY
    yield f"_pidgin_models={shlex.quote(' '.join(models()))}"
    yield f"_pidgin_types={shlex.quote(' '.join(KINDS))}"
    yield f"_pidgin_agents={shlex.quote(' '.join(AGENTS))}\n"
    yield "_pidgin() {"
    yield _BASH_BEGIN
    names = " ".join(command.name for command in table)
    yield f"    local commands='{names} --help --version'"
    yield '    [[ -n $command ]] || { _pidgin_reply words "$commands"; return; }'
    yield '    case "$command" in'
    for command in table:
        yield from _bash_command(command)
    yield "    esac\n}"
    yield "complete -o nosort -F _pidgin pidgin 2>/dev/null || complete -F _pidgin pidgin"


def _bash_command(command: Command) -> Iterator[str]:
    yield f"    {command.name})"
    yield '        case "$before" in'
    for option in command.options:
        if option.value is not None:
            pattern = " | ".join(option.names)
            yield f"        {pattern}) _pidgin_reply {_bash_value(option.value)}; return ;;"
    yield "        esac"
    names = " ".join(name for option in command.options for name in option.names)
    yield f"        if [[ $word == -* ]]; then\n            _pidgin_reply words '{names}'"
    if command.argument is not None:
        yield f"        else\n            _pidgin_reply {_bash_value(command.argument)}"
    yield "        fi\n        ;;"


def _bash_value(value: Value) -> str:
    match value.kind:
        case "words":
            return f"words '{' '.join(value.words)}'"
        case "models" | "types" | "agents":
            return f'words "$_pidgin_{value.kind}"'
        case "":
            return "nothing"
        case kind:
            return kind


_BASH_REPLY = r"""
_pidgin_reply() {
    local IFS=$' \t\n' reply
    case "$1" in
    words) COMPREPLY=($(compgen -W "$2" -- "$word")) ;;
    files) compopt -o filenames; COMPREPLY=($(IFS=$'\n'; compgen -f -- "$word")) ;;
    folders) compopt -o filenames; COMPREPLY=($(IFS=$'\n'; compgen -d -- "$word")) ;;
    experiments)
        COMPREPLY=($(compgen -W "$(_pidgin_experiments | sort -u)" -- "$word"))
        if [[ ${#COMPREPLY[@]} -eq 0 || $word == */* ]]; then
            compopt -o filenames
            COMPREPLY=($(IFS=$'\n'; compgen -f -- "$word"))
        fi
        ;;
    esac
    # A colon divides words for bash: what stands before the last one is there already.
    if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
        local there=${word%"${word##*:}"} place
        for place in "${!COMPREPLY[@]}"; do
            COMPREPLY[place]=${COMPREPLY[place]#"$there"}
        done
    fi
}
""".strip("\n")

_BASH_BEGIN = r"""
    local line=${COMP_LINE:0:COMP_POINT} words word before command= each
    COMPREPLY=()
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    word=${words[-1]-}
    before=${words[-2]-}
    for each in "${words[@]:1:${#words[@]}-2}"; do
        [[ $each == -* ]] || { command=$each; break; }
    done
""".strip("\n")


def zsh(table: list[Command]) -> Iterator[str]:
    """Give the completion for zsh."""
    yield f"#compdef pidgin\n# zsh completion for pidgin, {HEAD}\n"
    yield "_pidgin_list_experiments() {\n    setopt localoptions nonomatch"
    yield f"{LIST_EXPERIMENTS}\n}}\n"
    yield _ZSH_VALUES.format(
        models=" ".join(map(shlex.quote, models())),
        types=" ".join(KINDS),
        agents=" ".join(AGENTS),
    )
    yield "_pidgin() {\n    local context state state_descr line\n    typeset -A opt_args"
    yield "    _arguments -C '(- *)'{-h,--help}'[Show help]' '(- *)--version[Print the version]' \\"
    yield "        '1:command:->command' '*::argument:->argument'"
    yield "    case $state in\n    command)\n        local -a commands=("
    for command in table:
        yield f"            {shlex.quote(f'{command.name}:{command.summary}')}"
    yield "        )\n        _describe command commands\n        ;;"
    yield "    argument)\n        case $words[1] in"
    for command in table:
        yield f"        {command.name})\n            _arguments -s \\"
        for option in command.options:
            yield f"                {_zsh_option(option)} \\"
        argument = command.argument
        action = (
            "" if argument is None else f"'*:{argument.metavar.lower()}:{_zsh_action(argument)}'"
        )
        yield f"                {action}\n            ;;"
    yield '        esac\n        ;;\n    esac\n}\n\n_pidgin "$@"'


def _zsh_option(option: Option) -> str:
    words = re.sub(r"([\[\]:\\])", r"\\\1", option.help)
    value = ""
    if option.value is not None:
        value = f":{option.value.metavar.replace(':', chr(92) + ':')}:{_zsh_action(option.value)}"
    spec = shlex.quote(f"[{words}]{value}")
    star = "'*'" if option.repeated else f"'({' '.join(option.names)})'"
    names = option.names[0] if len(option.names) == 1 else f"{{{','.join(option.names)}}}"
    return f"{star}{names}{spec}"


def _zsh_action(value: Value) -> str:
    match value.kind:
        case "words":
            return f"({' '.join(value.words)})"
        case "files":
            return "_files"
        case "folders":
            return "_files -/"
        case "":
            return " "
        case kind:
            return f"_pidgin_{kind}"


_ZSH_VALUES = r"""
_pidgin_experiments() {{
    local -a found=(${{(uf)"$(_pidgin_list_experiments)"}})
    _alternative "experiments:experiment:compadd -a found" "files:file:_files"
}}
_pidgin_models() {{ local -a found=({models}); compadd -a found }}
_pidgin_types() {{ local -a found=({types}); compadd -a found }}
_pidgin_agents() {{ local -a found=({agents}); compadd -a found }}
""".lstrip("\n")


def fish(table: list[Command]) -> Iterator[str]:
    """Give the completion for fish 3 or later."""
    yield f"# fish completion for pidgin, {HEAD}\n"
    yield _FISH_EXPERIMENTS
    yield "complete -c pidgin -f"
    yield "complete -c pidgin -n __fish_use_subcommand -s h -l help -d 'Show help'"
    yield "complete -c pidgin -n __fish_use_subcommand -l version -d 'Print the version'"
    for command in table:
        yield (
            f"complete -c pidgin -n __fish_use_subcommand -a {command.name} "
            f"-d {_fish_quoted(command.summary)}"
        )
    for command in table:
        seen = f"complete -c pidgin -n '__fish_seen_subcommand_from {command.name}'"
        for option in command.options:
            yield f"{seen} {_fish_option(option)}"
        if command.argument is not None:
            yield f"{seen} {_fish_value(command.argument, option=False)}"


def _fish_option(option: Option) -> str:
    parts = [
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
    ]
    parts.append(f"-d {_fish_quoted(option.help)}")
    if option.value is not None:
        parts.append(_fish_value(option.value, option=True))
    return " ".join(parts)


def _fish_value(value: Value, *, option: bool) -> str:
    required = "-x" if option else ""
    match value.kind:
        case "words":
            return f"{required} -a {_fish_quoted(' '.join(value.words))}".strip()
        case "models":
            return f"{required} -a {_fish_quoted(' '.join(models()))}".strip()
        case "types":
            return f"{required} -a {_fish_quoted(' '.join(KINDS))}".strip()
        case "agents":
            return f"{required} -a {_fish_quoted(' '.join(AGENTS))}".strip()
        case "files":
            return "-r -F" if option else "-F"
        case "folders":
            return f"{required} -a '(__fish_complete_directories)'".strip()
        case "experiments":
            files = "-r -F" if option else "-F"
            return f"{files} -a '(__pidgin_experiments)'"
        case _:
            return required


def _fish_quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


_FISH_EXPERIMENTS = r"""
function __pidgin_experiments
    set -l folder $HOME/.pidgin_data/events
    set -q PIDGIN_DATA_DIR; and set folder $PIDGIN_DATA_DIR
    for file in $folder/*.events.jsonl $folder/*.events.jsonl.gz
        string replace -r '.*/(.*)\.events\.jsonl(\.gz)?$' '$1' -- $file
    end | sort -u
    printf '%s\n' latest all
end
""".lstrip("\n")


if __name__ == "__main__":
    for file, script in scripts().items():
        (HERE / file).write_text(script, encoding="utf-8")

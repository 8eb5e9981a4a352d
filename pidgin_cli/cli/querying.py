"""Joining `query`: which index is asked, brought up to date before, and how answers are shown."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pidgin_cli.cli.boundary import cleaned_up, complain
from pidgin_cli.cli.indexing import Indexing, index_file
from pidgin_cli.cli.streams import Sink
from pidgin_cli.cli.table import RowFormat, row_lines
from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import ExitStatus, LockedError, StoreError, UsageError
from pidgin_cli.filters.select import Selection
from pidgin_cli.index.compare import compare_by, compare_sets
from pidgin_cli.index.database import Connection, IndexFile, is_index, reading
from pidgin_cli.index.lock import is_being_updated
from pidgin_cli.index.names import names_in, names_of
from pidgin_cli.index.queries import Answer, answer
from pidgin_cli.index.questions import Question
from pidgin_cli.index.reports import REPORTS
from pidgin_cli.index.search import search
from pidgin_cli.index.sql import select
from pidgin_cli.processes.cores import cores
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.sources import Source, no_experiments, resolve

Named = Callable[[Sequence[str]], tuple[str, ...] | None]
"""Gives the names in the index of what words mean; None for everything in it."""
Ask = Callable[[Connection, Named], Answer]

_PAUSE = 0.05
"""Seconds between two looks whether an index is there that another process makes."""
TAKEN = {
    "search": "a text, and then the SOURCEs in which it is looked for",
    "sql": "one statement in quotes, or @FILE",
}
"""What stands behind these words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed.

    Args:
        words: what is asked, and what stands behind it: SOURCEs, a text, a statement.
        question: all of it but the experiments.
        raw: whether the text of a search is a query of FTS5.
        values: of the parameters of a statement, as NAME=VALUE.
        timeout: seconds that a statement may take.
    """

    words: Sequence[str]
    question: Question
    raw: bool
    values: Sequence[str]
    timeout: float

    def prepared(self) -> tuple[Ask, list[str]]:
        """Give how it is asked, and the words that mean experiments.

        Raises:
            UsageError: nobody can ask that.
        """
        what, *rest = self.words
        self._refuse_unfit(what)
        if what in REPORTS:
            return lambda connection, named: answer(
                connection, what, self._about(named(rest))
            ), rest
        if what == "search" and rest:
            return lambda connection, named: self._search(connection, named, *rest), rest[1:]
        if what == "compare":
            if self.question.by is None and len(rest) < 2:
                raise UsageError("compare takes --by label:KEY, or two SOURCEs, such as group:NAME")
            return lambda connection, named: self._compare(connection, named, rest), rest
        if what == "sql" and len(rest) == 1:
            statement = _statement(rest[0])
            values = dict(map(_parameter, self.values))
            return lambda connection, _: select(connection, statement, values, self.timeout), []
        if what in TAKEN:
            raise UsageError(f"query {what} takes {TAKEN[what]}")
        near = nearest(what, [*REPORTS, "search", "compare", "sql"])
        meant = f"did you mean {near}? Ask" if near and near != what else "ask"
        raise UsageError(
            f"query {' '.join(self.words)[:60]!r} asks nothing; {meant} {', '.join(REPORTS)}, "
            "'search TEXT', compare, or 'sql STATEMENT'"
        )

    def _refuse_unfit(self, what: str) -> None:
        """See that nothing was typed that would have no effect."""
        if what == "sql" and self.question != Question():
            raise UsageError(
                "query sql gives what its statement asks for: write selectors, --by and --limit "
                "into it"
            )
        if self.raw and what != "search":
            raise UsageError("--raw is for query search")
        if self.values and what != "sql":
            raise UsageError("-p is for query sql")

    def _about(self, names: tuple[str, ...] | None) -> Question:
        return replace(self.question, names=names)

    def _search(self, connection: Connection, named: Named, text: str, *rest: str) -> Answer:
        return search(connection, text, self._about(named(rest)), raw=self.raw)

    def _compare(self, connection: Connection, named: Named, words: Sequence[str]) -> Answer:
        if self.question.by is not None:
            return compare_by(connection, self._about(named(words)))
        sets = {word: named([word]) or () for word in words}
        return compare_sets(connection, self.question, sets)


@dataclass(frozen=True, slots=True)
class Asking:
    """Which index is asked.

    Args:
        db: a database that is read as it is; None for that of the store.
        update: whether the store's own is brought up to date before.
    """

    folder: Folder
    db: Path | None
    update: bool
    quiet: bool

    def write(self, asked: Asked, form: RowFormat) -> ExitStatus:
        """Write the answer to stdout.

        Raises:
            UsageError: nobody can ask that, or a word means nothing.
        """
        ask, words = asked.prepared()
        sources = {} if self.db else {word: resolve(self.folder, [word]) for word in words}
        everything = [source for each in sources.values() for source in each]
        stored = all(source.stored_in(self.folder) for source in everything)

        def named(some: Sequence[str]) -> tuple[str, ...] | None:
            if not some:
                return None
            if self.db is not None:
                return names_of(connection, some)
            meant = [source for word in some for source in sources[word]]
            if stored:
                return tuple(source.experiment_id or "" for source in meant)
            return names_in(connection, [source.name for source in meant])

        with (
            self._index(everything, stored=stored) as (path, status),
            reading(path) as connection,
        ):
            answered = ask(connection, named)
            Sink().write_each(row_lines(answered.columns, answered.rows, form))
        return status

    @contextmanager
    def _index(
        self, sources: Sequence[Source], *, stored: bool
    ) -> Iterator[tuple[Path, ExitStatus]]:
        """Give a database that holds the sources: the store's, or one made for files elsewhere."""
        if self.db is not None:
            self._waited_for_first(self.db)
            yield self.db, ExitStatus.DONE
        elif stored:
            file = index_file(self.folder, None)
            yield file.path, self._brought_up_to_date(file)
        else:
            with cleaned_up(), _temporary_folder() as folder:
                indexing = Indexing(self.folder, IndexFile(folder / "index.db"))
                indexing.these(sources)
                yield indexing.file.path, indexing.status

    def _brought_up_to_date(self, file: IndexFile) -> ExitStatus:
        if not self.update:
            self._waited_for_first(file.path)
            return ExitStatus.DONE
        if not self.folder.root.exists():
            raise no_experiments(self.folder)
        indexing = Indexing(self.folder, file, cores=cores())
        try:
            indexing.once()
        except LockedError:
            if not self._waited_for_first(file.path):
                self._say(f"another process brings {file.path} up to date: it is read as it is")
            elif not is_index(file.path):
                # Who made it has given up.
                return self._brought_up_to_date(file)
        except StoreError as error:
            if not file.path.exists():
                raise
            self._say(f"{error}: the index is read as it is")
        return indexing.status

    def _waited_for_first(self, path: Path) -> bool:
        """Wait for an index that another process makes where there is none; say if there was."""

        def is_being_made() -> bool:
            return is_being_updated(path) and not is_index(path)

        waited = is_being_made()
        if waited:
            self._say(f"another process is just making {path}: it is waited for")
        while is_being_made():
            time.sleep(_PAUSE)
        return waited

    def _say(self, message: str) -> None:
        if not self.quiet:
            complain(message)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Give a folder that is taken away, also where a signal comes the moment it is made."""
    folder = Path(tempfile.gettempdir(), f"pidgin-{secrets.token_hex(8)}")
    try:
        folder.mkdir(0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def question_of(selection: Selection, by: str | None, limit: int | None) -> Question:
    """Give the question that was typed, about all experiments."""
    return Question(
        by=by,
        type=selection.admits_type if selection.types else None,
        agents=selection.agents,
        turns=tuple((turns.first, turns.last) for turns in selection.turns),
        since=selection.since,
        until=selection.until,
        limit=limit,
    )


def _parameter(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not equals or not name:
        raise UsageError(f"-p {typed!r} is not NAME=VALUE")
    return name, value


def _statement(word: str) -> str:
    """Give a statement that was typed, or that stands in a file.

    Raises:
        UsageError: the file cannot be read.
    """
    if not word.startswith("@"):
        return word
    try:
        return Path(word[1:]).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {word[1:]}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"cannot read {word[1:]}: {error}") from None

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.errors import ExitStatus, UnknownExperimentError, UsageError
from pidgin_cli.events.kind import Draft
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.sources import STDIN, Source, resolve, resolve_one


def filled(folder: Folder, *experiment_ids: str, **data: Any) -> None:
    """Make experiments that begin one second after another."""
    clock = iter(range(100, 1_000_000))
    with EventStore(folder, durability="none", clock=lambda: float(next(clock))) as store:
        for experiment_id in experiment_ids:
            store.append(experiment_id, Draft("experiment.started", data))


def meant(folder: Folder, *words: str) -> list[str]:
    return [source.name for source in resolve(folder, words)]


def complaint(folder: Folder, *words: str) -> str:
    with pytest.raises(UnknownExperimentError) as caught:
        resolve(folder, words)
    assert ExitStatus.USAGE == caught.value.exit_status
    return str(caught.value)


def test_an_id_means_its_log(folder: Folder):
    filled(folder, "exp_1", "exp_12")
    expected = [Source("exp_1", folder.log("exp_1"), "exp_1")]
    assert expected == resolve(folder, ["exp_1"])


def test_the_beginning_of_one_id_is_enough(folder: Folder):
    filled(folder, "exp_7f3a", "exp_81bc")
    assert ["exp_7f3a"] == meant(folder, "exp_7")


def test_a_beginning_of_several_ids_is_refused_with_them(folder: Folder):
    filled(folder, *(f"exp_{number}" for number in range(8)))
    expected = "'exp' could mean exp_0, exp_1, exp_2, exp_3, exp_4 and 3 more"
    assert expected == complaint(folder, "exp")


def test_what_no_id_begins_with_is_refused(folder: Folder):
    filled(folder, "exp_1")
    assert "no experiment 'nope'" in complaint(folder, "nope")
    assert "'pidgin list'" in complaint(folder, "exp_11")


def test_a_word_without_letters_does_not_mean_the_only_experiment(folder: Folder):
    filled(folder, "exp_1")
    assert "is a variable not set?" in complaint(folder, "")


@pytest.mark.parametrize("word", ["exp", "latest"])
def test_an_empty_store_says_how_one_is_filled(folder: Folder, word: str):
    assert "'pidgin run' makes one" in complaint(folder, word)


def test_latest_is_the_one_that_began_last(folder: Folder):
    filled(folder, "b", "c", "a")
    with EventStore(folder, durability="none") as store:
        store.append("b", Draft("turn.started", {}))
    assert ["a"] == meant(folder, "latest")


def test_all_are_given_by_their_ids(folder: Folder):
    filled(folder, "b", "c", "a")
    assert ["a", "b", "c"] == meant(folder, "all")
    assert [] == meant(Folder(folder.root / "nowhere"), "all")


def test_a_group_means_its_members(folder: Folder):
    filled(folder, "b", "a", group="night")
    filled(folder, "c", group="day")
    filled(folder, "d")
    filled(folder, "e", group=5)
    assert ["a", "b"] == meant(folder, "group:night")
    assert ["e"] == meant(folder, "group:5")
    assert "no experiment of group 'noon'" in complaint(folder, "group:noon")
    assert "no experiment of group ''" in complaint(folder, "group:")


def test_an_archive_is_found_and_counts_once_beside_its_log(folder: Folder):
    filled(folder, "exp_1", "exp_2")
    folder.archive("exp_1").write_bytes(b"")
    folder.log("exp_2").rename(folder.archive("exp_2"))
    expected = [folder.log("exp_1"), folder.archive("exp_2")]
    assert expected == [source.path for source in resolve(folder, ["all"])]
    assert ["exp_2"] == meant(folder, "exp_2")


def test_a_path_means_that_file(folder: Folder, tmp_path: Path):
    for name in ("x.jsonl", "y.events.jsonl", "z.events.jsonl.gz", "plain"):
        (tmp_path / name).write_bytes(b"")
    expected = [
        Source(f"{tmp_path}/x.jsonl", tmp_path / "x.jsonl"),
        Source(f"{tmp_path}/y.events.jsonl", tmp_path / "y.events.jsonl", "y"),
        Source(f"{tmp_path}/z.events.jsonl.gz", tmp_path / "z.events.jsonl.gz", "z"),
        Source(f"{tmp_path}/plain", tmp_path / "plain"),
    ]
    assert expected == resolve(folder, [source.name for source in expected])


def test_a_name_that_ends_like_a_log_is_a_file_of_the_working_folder(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_bytes(b"")
    assert [Source("a.jsonl", Path("a.jsonl"))] == resolve(folder, ["a.jsonl"])
    assert "no such file: b.gz" == complaint(folder, "b.gz")
    assert "no such file: ../nowhere" == complaint(folder, "../nowhere")


def test_a_hyphen_means_stdin(folder: Folder):
    assert [STDIN] == resolve(folder, ["-", "-"])


def test_each_log_is_given_once_in_the_order_of_the_words(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
):
    filled(folder, "a", "b", "c")
    path = str(folder.log("b"))
    assert ["b", "a", "c"] == meant(folder, "b", path, "all", "latest", "a")
    monkeypatch.chdir(folder.root)
    assert [path] == meant(folder, path, "./b.events.jsonl", "b.events.jsonl", "b")


@pytest.mark.parametrize("word", ["a\0b", "*", "[", "exp_1 ", "group:\x1b[2J", "..", "-x"])
def test_odd_words_mean_nothing(folder: Folder, word: str):
    filled(folder, "exp_1")
    assert complaint(folder, word)


def test_one_log_is_asked_for_and_given(folder: Folder):
    filled(folder, "exp-a", "exp-b")
    assert Source("exp-b", folder.log("exp-b"), "exp-b") == resolve_one(folder, "exp-b")
    for word, meaning in (("all", "2 logs"), ("-", "stdin")):
        with pytest.raises(UsageError) as caught:
            resolve_one(folder, word)
        assert f"'{word}' means {meaning}; name one experiment or file" == str(caught.value)


def test_a_log_is_one_of_the_store_however_its_path_is_typed(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    filled(folder, "exp-a")
    link = tmp_path / "link"
    link.symlink_to(folder.root)
    monkeypatch.chdir(folder.root)
    name = folder.log("exp-a").name
    for word in ("exp-a", name, f"./{name}", f"../{folder.root.name}/{name}", f"{link}/{name}"):
        assert "exp-a" == resolve_one(folder, word).stored_in(folder), word


def test_a_log_elsewhere_is_none_of_the_store(folder: Folder, tmp_path: Path):
    filled(folder, "exp-a")
    copy = tmp_path / folder.log("exp-a").name
    copy.write_bytes(folder.log("exp-a").read_bytes())
    stray = folder.root / "stray.jsonl"
    stray.write_bytes(b"")
    for source in (resolve_one(folder, str(copy)), resolve_one(folder, str(stray)), STDIN):
        assert source.stored_in(folder) is None

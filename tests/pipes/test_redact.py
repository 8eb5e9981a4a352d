from __future__ import annotations

import subprocess

from tests.filters.redaction.planted_events import line, streamed
from tests.pipes.processes import Home, events_of, types_of


def test_a_run_is_redacted_kept_and_read(home: Home) -> None:
    done = home.shell(
        "pidgin run --seed 7 -t 2 --no-store | pidgin redact | tee a.jsonl | pidgin tail -n all -"
    )
    assert (done.status, done.err) == (0, "")
    kept = (home.root / "a.jsonl").read_bytes()
    assert kept == done.out
    assert types_of(kept)[-1] == "experiment.completed"
    assert b"chatty" not in kept
    checked = home.run("check", "a.jsonl") if (home.root / "a.jsonl").exists() else None
    assert checked is not None
    assert checked.status == 0


def test_a_line_comes_out_before_the_next_one_goes_in(home: Home) -> None:
    with home.start("redact", "--content", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(5):
            process.stdin.write(line("turn.started", {}, turn_number=number))
            assert events_of(process.stdout.readline())[0]["turn_number"] == number
        process.stdin.close()


def test_a_delta_comes_out_when_the_next_one_has_come(home: Home) -> None:
    started, first, second, third, _ = streamed(["one ", "two ", "three "]).splitlines(True)
    with home.start("redact", "--pattern", "secret", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for given, expected in ((started, started), (first + second, first), (third, second)):
            process.stdin.write(given)
            assert process.stdout.readline() == expected
        process.stdin.close()
        assert process.stdout.read() == third


def test_a_reader_that_leaves_ends_it_quietly(home: Home) -> None:
    done = home.shell(
        'for i in $(seq 20000); do echo \'{"type":"turn.started","experiment_id":"e"}\'; '
        "done | pidgin redact | head -1 | wc -l; echo ${PIPESTATUS[@]}"
    )
    assert done.err == ""
    assert done.out.split()[0] == b"1"


def test_two_at_once_make_one_key(home: Home) -> None:
    said = line("response.completed", {"content": "Hello!"})
    both = [home.start("redact", stdin=subprocess.PIPE) for _ in range(4)]
    given = {process.communicate(said, timeout=60)[0] for process in both}
    assert len(given) == 1

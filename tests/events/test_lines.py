from __future__ import annotations

from pidgin_cli.events.lines import LineSplitter, lines_of, split_lines, whole_lines


def test_lines_are_split_on_newlines_alone():
    data = "a\u2028b\x85c\x0bd\x0ce\r\nf\n\n\x1c".encode()
    expected = ["a\u2028b\x85c\x0bd\x0ce\r\n".encode(), b"f\n", b"\n", b"\x1c"]
    assert expected == list(split_lines([data]))


def test_lines_are_the_same_wherever_the_bytes_are_cut():
    data = b'\n{"a":1}\n\n{"b":\xe2\x80\xa8}\r\nend'
    expected = [b"\n", b'{"a":1}\n', b"\n", b'{"b":\xe2\x80\xa8}\r\n', b"end"]
    for first in range(len(data) + 1):
        for second in range(first, len(data) + 1):
            blocks = [data[:first], data[first:second], data[second:]]
            assert expected == list(split_lines(blocks))


def test_what_stands_behind_the_last_newline_is_kept_for_the_next_block():
    splitter = LineSplitter()
    assert [] == list(splitter.feed(b"a"))
    assert [] == list(splitter.feed(b"b"))
    assert b"ab" == splitter.rest()
    assert [b"abc\n", b"d\n"] == list(splitter.feed(b"c\nd\ne"))
    assert b"e" == splitter.rest()


def test_whole_lines_come_as_soon_as_they_are_there_and_last_what_stands_behind_them():
    blocks = [b"a", b"b\nc", b"d", b"e\n", b"f\ng\n", b"h", b"i"]
    assert [b"ab\n", b"cde\n", b"f\ng\n", b"hi"] == list(whole_lines(blocks))


def test_a_block_that_ends_with_a_line_is_given_as_it_is():
    block = b"a\nb\n"
    assert next(whole_lines([block])) is block


def test_the_lines_of_a_block_are_those_of_a_stream():
    for block in (b"", b"a", b"a\n", b"a\r\nb\rc\n\nd", b"\x1c\x0b\n\xe2\x80\xa8\r"):
        assert list(split_lines([block])) == lines_of(block)


def test_a_line_longer_than_a_block_is_given_alone():
    blocks = [b"a\nbc", b"de", b"fg\nh\ni", b"jk\n"]
    assert [b"a\n", b"bcdefg\n", b"h\n", b"ijk\n"] == list(whole_lines(blocks))
    assert [b"abc\n", b"d"] == list(whole_lines([b"a", b"b", b"c\n", b"d"]))

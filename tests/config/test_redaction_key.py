from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pidgin_cli.config.redaction_key import KEY_FILE, redaction_key
from pidgin_cli.errors import ConfigError


def test_many_that_make_the_key_at_once_have_the_same(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    with ThreadPoolExecutor(16) as pool:
        keys = list(pool.map(lambda _: redaction_key(environ=environ), range(64)))
    assert len({key.secret for key in keys}) == 1
    files = list((tmp_path / ".config" / "pidgin").iterdir())
    assert [file.name for file in files] == [KEY_FILE]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_a_key_of_ones_own_has_256_bits(tmp_path: Path) -> None:
    key = redaction_key(environ={"HOME": str(tmp_path)})
    assert len(bytes.fromhex(key.secret.decode())) == 32


def test_a_fingerprint_tells_keys_apart_and_shows_none(tmp_path: Path) -> None:
    one, two = (redaction_key(environ={"HOME": str(tmp_path / name)}) for name in "ab")
    assert one.fingerprint != two.fingerprint
    assert one.fingerprint not in one.secret.decode()
    assert one.secret.decode() not in repr(one)


@pytest.mark.parametrize("length", [0, 15, 5000])
def test_a_key_that_is_too_short_or_too_long_is_refused(tmp_path: Path, length: int) -> None:
    file = tmp_path / "key"
    file.write_bytes(b"k" * length)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="bytes; it needs 16 to 4096"):
        redaction_key(file)


def test_a_pipe_that_nobody_writes_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "key", 0o600)
    with pytest.raises(ConfigError, match="is not a file"):
        redaction_key(tmp_path / "key")

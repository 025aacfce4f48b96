"""The one door for inputs: regular files only, bounded, named literally, never waited for."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from headrace.core.errors import InputError
from headrace.core.files.inputs import open_input, read_bytes, read_text, regular


def in_time(work, seconds: float = 5.0) -> BaseException | None:
    """What `work` raises; the test fails where it has not ended within `seconds` [s]."""
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            work()
            ended.append(None)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert ended, f"it did not end within {seconds} s"
    return ended[0]


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    error = in_time(lambda: read_bytes(tmp_path / "pipe"))
    assert isinstance(error, InputError)
    assert "is a pipe, not a regular file" in str(error)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/dev/zero", "is a device"),
        ("/dev/full", "is a device"),
        ("folder", "is a folder"),
        ("absent", "there is no such file"),
        ("a\0b", "cannot be read: embedded null byte"),
        ("x" * 300, "cannot be read: File name too long"),
        ("notes.txt/inner", "cannot be read: Not a directory"),
    ],
)
def test_what_is_no_file_is_named(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError, match=words):
        read_bytes(tmp_path / name)


def test_a_socket_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        with pytest.raises(InputError, match=r"cannot be read|is a socket"):
            read_bytes(tmp_path / "s")


def test_a_file_nearby_is_offered(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("x")
    with pytest.raises(InputError, match=r"Did you mean `study\.yaml`\?"):
        read_bytes(tmp_path / "studi.yaml")


def test_sizes_are_bounded_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", 10**12)
    error = in_time(lambda: read_bytes(tmp_path / "large"))
    assert "has 1,000,000,000,000 bytes" in str(error)
    (tmp_path / "three").write_bytes(b"abc")
    assert read_bytes(tmp_path / "three", 3) == b"abc"
    with pytest.raises(InputError, match="at most 2 bytes"):
        regular(tmp_path / "three", 2)


def test_a_file_that_grows_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"ab")
    with open_input(path, 2) as stream:
        path.write_bytes(b"abc")
        assert stream.read() == b"abc"  # what `read_bytes` would see, and refuses
    original = os.fstat

    def before_it_grew(handle: int) -> os.stat_result:
        told = original(handle)
        path.write_bytes(b"abcd")
        return told

    path.write_bytes(b"ab")
    os.fstat = before_it_grew  # type: ignore[assignment]
    try:
        with pytest.raises(InputError, match="grows while it is read"):
            read_bytes(path, 2)
    finally:
        os.fstat = original  # type: ignore[assignment]


def test_text_says_which_byte_is_none(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    assert read_text(tmp_path / "t") == "one\ntwo\nthree\n"
    (tmp_path / "t").write_bytes(b"ab\xff")
    with pytest.raises(InputError, match="byte 2 is not UTF-8 text"):
        read_text(tmp_path / "t")


def test_no_handle_stays_open(tmp_path: Path) -> None:
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("this system does not show open files")
    os.mkfifo(tmp_path / "pipe")
    before = len(os.listdir(folder))
    for name in ("pipe", "absent", "."):
        with pytest.raises(InputError):
            read_bytes(tmp_path / name)
    assert len(os.listdir(folder)) == before

"""The compiled entries: what they are keyed by."""

from pathlib import Path

from headrace.plan.interior_point.kernels import entry


def test_the_fingerprint_is_of_every_source_of_the_kernels(tmp_path, monkeypatch):
    """A changed byte in any file of the folder changes the key under which code is kept."""
    folder = Path(entry.__file__).parent
    for source in folder.glob("*.py"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr(entry, "__file__", str(tmp_path / "entry.py"))
    same = entry.fingerprint()
    for name in ("step.py", "layout.py", "vector_ops.py"):
        before = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(before + b"\n")
        assert entry.fingerprint() != same
        (tmp_path / name).write_bytes(before)
    assert entry.fingerprint() == same


def test_three_kernels_are_called_from_python():
    assert {k.__name__ for k in (entry.assemble, entry.advance, entry.repair)} == {
        "assemble",
        "advance",
        "repair",
    }

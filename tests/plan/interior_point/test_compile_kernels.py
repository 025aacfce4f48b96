"""Compiling ahead: which kernels, and what is known of those on disk."""

import io
import pickle

import pytest
from tests.builders.problems import random_problem

from headrace.plan.interior_point import compile_kernels
from headrace.plan.interior_point.cold_start import make_tree


def test_types_are_told_for_every_kernel_that_python_calls():
    types = compile_kernels.kernel_types(make_tree(random_problem(21), None).nodes[0])
    assert set(types) == {"assemble", "advance", "repair"}
    assert set(compile_kernels.OTHERS) == {"advance", "repair"}


def test_code_on_disk_is_known_by_the_name_of_its_file(tmp_path):
    """numba names its index after the source and the function; another kernel's is not
    this one's.
    """

    class Kernel:
        class stats:  # noqa: N801
            cache_path = str(tmp_path)

        __name__ = "assemble"
        py_func = staticmethod(compile_kernels.compile_kernels)

    kernel = Kernel()
    assert not compile_kernels.on_disk(kernel)
    (tmp_path / "compile_kernels._kernels.locals.advance-41.py311.nbi").touch()
    assert not compile_kernels.on_disk(kernel)
    (tmp_path / "compile_kernels._kernels.locals.assemble-41.py311.nbi").touch()
    assert compile_kernels.on_disk(kernel)


def test_the_second_process_compiles_what_it_is_told(monkeypatch):
    done = []

    class Kernel:
        def __init__(self, name):
            self.name = name

        def compile(self, types):
            done.append((self.name, types))

    monkeypatch.setattr(compile_kernels, "_kernel", Kernel)
    compile_kernels.main(io.BytesIO(pickle.dumps({"advance": (1, 2), "repair": (3,)})).read)
    assert done == [("advance", (1, 2)), ("repair", (3,))]


def test_without_a_second_process_nothing_is_lost(monkeypatch):
    def refused(*_, **__):
        raise OSError("no processes left")

    monkeypatch.setattr(compile_kernels.subprocess, "Popen", refused)
    assert compile_kernels.second_process({}) is None


@pytest.mark.parametrize("kept", [True, False])
def test_where_nothing_can_be_kept_no_second_process_is_started(monkeypatch, tmp_path, kept):
    """A read-only installation without HOME: numba has no folder, and names none."""
    done = []

    class Kernel:
        class stats:  # noqa: N801
            cache_path = str(tmp_path) if kept else None

        __name__ = "assemble"
        py_func = staticmethod(compile_kernels.compile_kernels)
        signatures = ()

        def compile(self, types):
            done.append("compiled here")

    monkeypatch.setattr(compile_kernels, "_kernel", lambda name: Kernel())
    monkeypatch.setattr(
        compile_kernels, "second_process", lambda types: done.append("and beside") or None
    )
    compile_kernels.compile_kernels(make_tree(random_problem(21), None).nodes[0])
    assert done == (["and beside", "compiled here"] if kept else ["compiled here"])

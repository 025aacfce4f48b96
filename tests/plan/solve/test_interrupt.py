"""Work beside the main thread: its result, its error, or the word that it does not answer."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from headrace.core.errors import Infeasible, StoppedEarly
from headrace.plan.solve.interrupt import patiently


def test_result_and_error_are_those_of_the_work():
    assert patiently(lambda: 7, lambda: False) == 7
    with pytest.raises(Infeasible, match="clash"):
        patiently(_infeasible, lambda: False)


def _infeasible() -> None:
    raise Infeasible("clash")


def test_who_answers_in_time_is_heard():
    asked = time.monotonic() + 0.1

    def work() -> str:
        while time.monotonic() < asked + 0.2:
            time.sleep(0.01)
        return "the best so far"

    assert patiently(work, lambda: time.monotonic() > asked, lambda: 60.0) == "the best so far"


def test_who_does_not_answer_is_left():
    """The patience is asked for again and again: it may grow while there is something to lose."""
    done, allowed = threading.Event(), [60.0]
    threading.Timer(0.2, lambda: allowed.__setitem__(0, 0.1)).start()
    began = time.monotonic()
    with pytest.raises(StoppedEarly, match="did not answer"):
        patiently(lambda: done.wait(60), lambda: True, lambda: allowed[0])
    assert time.monotonic() - began < 30
    done.set()


@pytest.mark.timeout(60)
def test_a_process_ends_without_the_solver_it_left():
    code = (
        "import sys, time\n"
        "from headrace.core.errors import StoppedEarly\n"
        "from headrace.plan.solve.interrupt import leave, patiently\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def work():\n"
        "    with ThreadPoolExecutor(1) as pool: pool.submit(time.sleep, 300).result()\n"
        "try: patiently(work, lambda: True, lambda: 0.1)\n"
        "except StoppedEarly: print('left'); leave(5)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=45, check=False
    )
    assert (ended.returncode, ended.stdout) == (5, "left\n")

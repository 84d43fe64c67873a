"""Whether the holder of a lease is known to be dead; in doubt it lives."""

import os
import subprocess
import sys

from gongmai.core.outbox.queries import is_dead, name_holder

SAY = """
import django; django.setup()
from gongmai.core.outbox.queries import name_holder
print(name_holder(), flush=True); input()
"""


def test_this_process_lives() -> None:
    assert not is_dead(name_holder())


def test_a_process_that_ended_is_dead_even_before_it_is_collected() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", SAY],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    holder = child.stdout.readline().strip()
    assert not is_dead(holder)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(holder)
    child.communicate()
    assert is_dead(holder)


def test_another_process_under_the_same_number_is_not_the_holder() -> None:
    place, number, started = name_holder().split(":")
    assert is_dead(f"{place}:{number}:{int(started) - 1}")


def test_a_process_of_another_machine_or_an_unknown_one_is_not_known_to_be_dead() -> None:
    _, number, started = name_holder().split(":")
    assert not is_dead(f"elsewhere:{number}:{int(started) - 1}")
    assert not is_dead("")
    assert not is_dead("nonsense")

"""Answers that are kept: a vintage never changes, so neither does what was computed from it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings

from gongmai.core.registry import queries as registry

Answer = TypeVar("Answer")
SIZE = 512
_answers: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


def remember(key: tuple[Hashable, ...], make: Callable[[], Answer]) -> Answer:
    """The kept answer of a key that names vintage, scope and request; made on the first call.

    Labels and display groups are part of answers, so a change of the code lists makes new ones.
    """
    here = registry.city()
    full = (str(settings.DATA_DIR), here.revision if here else 0, *key)
    with _lock:
        if full in _answers:
            _answers.move_to_end(full)
            return _answers[full]  # type: ignore[no-any-return]
    answer = make()
    with _lock:
        _answers[full] = answer
        while len(_answers) > SIZE:
            _answers.popitem(last=False)
    return answer


def forget() -> None:
    """Drop every kept answer."""
    with _lock:
        _answers.clear()

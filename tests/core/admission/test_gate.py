"""The door around the application: bounded, urgent first, refusals in words, no place lost."""

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.conf import settings

from gongmai.core.admission.queries import folder, totals
from gongmai.core.admission.types import Limits
from gongmai.core.admission.views.gate import Gate


class Answer:
    """What an application gives back: pieces that are closed at the end."""

    def __init__(self, content: Any, *, streaming: bool = False) -> None:
        self.pieces = content if streaming else [content]
        self.streaming = streaming

    def __iter__(self) -> Any:
        return iter(self.pieces)

    def close(self) -> None:
        pass


class Slow:
    """An application whose requests stay inside until they are let go."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.let_go = threading.Semaphore(0)
        self.order: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.order.append(environ["PATH_INFO"])
        self.entered.release()
        self.let_go.acquire()
        start("200 OK", [])
        return Answer(b"done")


def ask(gate: Gate, path: str, method: str = "GET", **more: str) -> tuple[str, dict[str, str], bytes]:
    seen: list[Any] = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": "", **more}
    body = gate(environ, lambda status, headers, *_: seen.extend((status, dict(headers))))
    return seen[0], seen[1], b"".join(body)


def in_background(action: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    out: list[Any] = []
    thread = threading.Thread(target=lambda: out.append(action()), daemon=True)
    thread.start()
    return thread, out


def wait_for_line(gate: Gate, length: int) -> None:
    waiting = threading.Event()
    for _ in range(2000):
        if len(gate._line.waiting) == length:
            return
        waiting.wait(0.005)
    raise AssertionError("nobody came")


def test_what_finds_no_room_is_refused_at_once_with_words_and_a_time_to_come_back() -> None:
    slow = Slow()
    gate = Gate(slow, Limits(slots=1, waiting=0))
    thread, out = in_background(lambda: ask(gate, "/"))
    slow.entered.acquire()
    status, headers, body = ask(gate, "/home/")
    assert status.startswith("503")
    assert int(headers["Retry-After"]) > 0
    assert "系统暂时处理不过来" in body.decode()
    status, _, body = ask(gate, "/home/", HTTP_ACCEPT_LANGUAGE="en-GB")
    assert "try again" in body.decode()
    status, headers, body = ask(gate, "/api/v1/returns/", HTTP_ACCEPT_LANGUAGE="en")
    assert json.loads(body)["code"] == "busy"
    slow.let_go.release()
    thread.join()
    assert out[0][0] == "200 OK"


def test_static_files_do_not_wait() -> None:
    slow = Slow()
    gate = Gate(slow, Limits(slots=1, waiting=0))
    thread, _ = in_background(lambda: ask(gate, "/"))
    slow.entered.acquire()
    slow.let_go.release(2)
    assert ask(gate, "/static/ui/app.css")[0] == "200 OK"
    thread.join()


def test_a_save_overtakes_the_pages_that_wait() -> None:
    slow = Slow()
    gate = Gate(slow, Limits(slots=1, waiting=9, patience=30))
    threads = [in_background(lambda: ask(gate, "/first"))[0]]
    slow.entered.acquire()
    for number, (path, method) in enumerate((("/a", "GET"), ("/b", "GET"), ("/returns/1/save/", "POST"))):
        threads.append(in_background(lambda path=path, method=method: ask(gate, path, method))[0])
        wait_for_line(gate, number + 1)
    slow.let_go.release(4)
    for thread in threads:
        thread.join()
    assert slow.order == ["/first", "/returns/1/save/", "/a", "/b"]


def test_who_waits_too_long_is_told_and_the_place_is_free_again() -> None:
    slow = Slow()
    gate = Gate(slow, Limits(slots=1, waiting=5, patience=0.05))
    thread, _ = in_background(lambda: ask(gate, "/first"))
    slow.entered.acquire()
    assert ask(gate, "/late")[0].startswith("503")
    assert gate._line.waiting == []
    slow.let_go.release(2)
    thread.join()
    assert ask(gate, "/again")[0] == "200 OK"


def test_who_is_pushed_out_by_something_urgent_is_told_at_once() -> None:
    slow = Slow()
    gate = Gate(slow, Limits(slots=1, waiting=1, patience=600))
    first, _ = in_background(lambda: ask(gate, "/first"))
    slow.entered.acquire()
    page, answer = in_background(lambda: ask(gate, "/page"))
    wait_for_line(gate, 1)
    save, _ = in_background(lambda: ask(gate, "/returns/1/submit/", "POST"))
    page.join(timeout=60)  # long before its patience ends
    assert answer[0][0].startswith("503")
    slow.let_go.release(2)
    first.join()
    save.join()


def test_a_client_that_asks_too_often_gets_429() -> None:
    gate = Gate(lambda _environ, start: (start("200 OK", []), Answer(b"x"))[1], Limits(rate=1, burst=2))
    answers = [ask(gate, "/", HTTP_COOKIE="sessionid=one")[0] for _ in range(4)]
    assert [answer[:3] for answer in answers] == ["200", "200", "429", "429"]
    assert ask(gate, "/", HTTP_COOKIE="sessionid=two")[0] == "200 OK"
    assert ask(gate, "/static/x", HTTP_COOKIE="sessionid=one")[0] == "200 OK"


@pytest.mark.parametrize("how", ["read", "closed", "dropped", "broken"])
def test_a_streamed_answer_gives_its_place_back_however_it_ends(how: str) -> None:
    def pieces() -> Iterable[bytes]:
        yield b"one"
        if how == "broken":
            raise ValueError
        yield b"two"

    gate = Gate(
        lambda _environ, start: (start("200 OK", []), Answer(pieces(), streaming=True))[1],
        Limits(slots=1, waiting=0),
    )
    environ = {"PATH_INFO": "/export/", "REQUEST_METHOD": "GET"}
    answer = gate(environ, lambda *_: None)
    assert gate._line.served == 1
    if how == "read":
        assert b"".join(answer) == b"onetwo"
    elif how == "closed":
        answer.close()
    elif how == "dropped":
        del answer
    else:
        with pytest.raises(ValueError):
            b"".join(answer)
    assert gate._line.served == 0


def test_an_application_that_fails_gives_its_place_back() -> None:
    def fail(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raise RuntimeError

    gate = Gate(fail, Limits(slots=1))
    with pytest.raises(RuntimeError):
        ask(gate, "/")
    assert gate._line.served == 0


def test_each_process_leaves_its_totals_for_the_doctor() -> None:
    for path in folder().glob("*.json"):
        path.unlink()
    moments = iter(range(100, 100000, 100))
    gate = Gate(
        lambda _environ, start: (start("200 OK", []), Answer(b"x"))[1],
        Limits(rate=1, burst=1),
        now=lambda: float(next(moments)) / 1000 + 100,
    )
    ask(gate, "/", HTTP_COOKIE="sessionid=one")
    ask(gate, "/", HTTP_COOKIE="sessionid=one")
    gate._speak()
    found = totals()
    assert found.processes == 1
    assert found.served == {"read": 1}
    assert found.refused == {"rate": 1}
    assert str(folder()).startswith(str(settings.DATA_DIR))

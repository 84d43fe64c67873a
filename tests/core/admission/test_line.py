"""The line: never more at once than slots, the urgent first, nobody forgotten, nobody kept for ever."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gongmai.core.admission.rules import Line, classify, name_client
from gongmai.core.admission.types import Kind, Limits, Reason, Ticket

ONE = Limits(slots=1, waiting=3, rate=0)


def served(tickets: list[Ticket]) -> list[str]:
    return [ticket.client for ticket in tickets if ticket.is_served]


def test_a_save_that_came_later_is_served_before_a_page_that_waits() -> None:
    line = Line(ONE)
    first = line.arrive(Kind.READ, "a", 0)
    page, save = line.arrive(Kind.READ, "b", 0), line.arrive(Kind.WRITE, "c", 0)
    assert line.leave(first, 1) == [save]
    assert line.leave(save, 2) == [page]


def test_a_full_line_refuses_a_page_at_once_but_lets_a_save_take_the_place_of_one() -> None:
    line = Line(ONE)
    line.arrive(Kind.READ, "a", 0)
    pages = [line.arrive(Kind.READ, str(number), 0) for number in range(4)]
    assert [page.refused for page in pages] == [None, None, None, Reason.FULL]
    save = line.arrive(Kind.WRITE, "firm", 0)
    assert save.refused is None
    assert pages[2].refused is Reason.PUSHED


def test_a_line_full_of_saves_refuses_a_save() -> None:
    line = Line(ONE)
    saves = [line.arrive(Kind.WRITE, str(number), 0) for number in range(5)]
    assert [save.refused for save in saves] == [None, None, None, None, Reason.FULL]


def test_who_asks_without_end_is_slowed_to_the_rate_and_nobody_else_is() -> None:
    line = Line(Limits(slots=1000, rate=10, burst=20))
    noisy = [line.arrive(Kind.READ, "noisy", second / 200) for second in range(2000)]
    allowed = sum(ticket.is_served for ticket in noisy)
    assert 20 + 10 * 10 - 2 <= allowed <= 20 + 10 * 10 + 1
    assert {ticket.refused for ticket in noisy} == {None, Reason.RATE}
    assert line.arrive(Kind.READ, "quiet", 10).is_served


def test_who_has_asked_much_waits_behind_who_has_not() -> None:
    line = Line(Limits(slots=1, waiting=9, rate=1, burst=10))
    busy = line.arrive(Kind.READ, "first", 0)
    for _ in range(5):
        line.leave(line.arrive(Kind.READ, "noisy", 0), 0) if line.served == 0 else line.arrive(
            Kind.READ, "noisy", 0
        )
    noisy = line.arrive(Kind.READ, "noisy", 0)
    quiet = line.arrive(Kind.READ, "quiet", 0)
    assert noisy.is_heavy
    order = []
    turn = busy
    while called := line.leave(turn, 1):
        turn = called[0]
        order.append(turn)
    assert order.index(quiet) < order.index(noisy)


def test_one_client_cannot_fill_the_line() -> None:
    line = Line(Limits(slots=1, waiting=30, rate=0, share=4))
    tickets = [line.arrive(Kind.WRITE, "noisy", 0) for _ in range(10)]
    assert sum(ticket.refused is Reason.SHARE for ticket in tickets) == 5
    assert line.arrive(Kind.WRITE, "other", 0).refused is None


def test_exports_leave_slots_for_others() -> None:
    line = Line(Limits(slots=3, exports=1, rate=0))
    exports = [line.arrive(Kind.EXPORT, "a", 0), line.arrive(Kind.EXPORT, "b", 0)]
    assert served(exports) == ["a"]
    assert line.arrive(Kind.READ, "c", 0).is_served
    assert line.leave(exports[0], 1) == [exports[1]]


def test_kinds_follow_from_method_and_address() -> None:
    assert classify("POST", "/returns/3/save/") is Kind.WRITE
    assert classify("PUT", "/api/v1/returns/monthly/2023-05/draft") is Kind.WRITE
    assert classify("POST", "/account/sign-in/") is Kind.ENTRY
    assert classify("GET", "/returns/3/") is Kind.READ
    assert classify("GET", "/returns/3/workbook/download/") is Kind.EXPORT
    assert classify("GET", "/indicators/cross", "format=xlsx") is Kind.EXPORT


def test_a_client_is_its_key_or_its_session_and_a_stranger_is_nobody() -> None:
    key = {"HTTP_AUTHORIZATION": "Bearer gm_1", "HTTP_COOKIE": "sessionid=x"}
    assert name_client(key) == name_client({"HTTP_AUTHORIZATION": "Bearer gm_1"})
    session = {"HTTP_COOKIE": "csrftoken=1; sessionid=abc; gongmai_language=en"}
    assert name_client(session) == name_client({"HTTP_COOKIE": "sessionid=abc"})
    assert name_client(session) != name_client(key)
    assert name_client({"HTTP_COOKIE": "csrftoken=1", "REMOTE_ADDR": "10.0.0.1"}) == ""


class Doors(RuleBasedStateMachine):
    """Any order of comings, goings and givings-up."""

    def __init__(self) -> None:
        super().__init__()
        self.limits = Limits(slots=2, waiting=4, rate=5, burst=8, share=3)
        self.line = Line(self.limits)
        self.now = 0.0
        self.all: list[Ticket] = []
        self.inside: list[Ticket] = []

    @rule(kind=st.sampled_from(Kind), client=st.sampled_from(["a", "b", "c", ""]), pause=st.floats(0, 2))
    def come(self, kind: Kind, client: str, pause: float) -> None:
        self.now += pause
        ticket = self.line.arrive(kind, client, self.now)
        self.all.append(ticket)
        if ticket.is_served:
            self.inside.append(ticket)

    @precondition(lambda self: self.inside)
    @rule(data=st.data())
    def go(self, data: st.DataObject) -> None:
        ticket = self.inside.pop(data.draw(st.integers(0, len(self.inside) - 1)))
        self.inside += self.line.leave(ticket, self.now)

    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        if self.all:
            self.line.give_up(data.draw(st.sampled_from(self.all)))

    @invariant()
    def within_the_limits(self) -> None:
        assert self.line.served == len(self.inside) <= self.limits.slots
        assert len(self.line.waiting) <= self.limits.waiting
        assert sum(ticket.kind is Kind.EXPORT for ticket in self.inside) <= self.limits.exports

    @invariant()
    def nobody_is_forgotten(self) -> None:
        for ticket in self.all:
            states = [ticket.is_served, ticket.refused is not None, ticket in self.line.waiting]
            assert sum(states) == 1

    @invariant()
    def no_slot_is_idle_while_somebody_could_use_it(self) -> None:
        if len(self.inside) < self.limits.slots:
            assert all(ticket.kind is Kind.EXPORT for ticket in self.line.waiting)


TestDoors = Doors.TestCase

"""What a person may do with returns now, and what stands against the rest: for one and for a page of them."""

from collections.abc import Iterable, Mapping, Sequence

from gongmai.core.access.queries import may, reaches
from gongmai.core.access.types import Actor, Role
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.review import queries as review
from gongmai.core.review.rules import Facts, standing, why_not
from gongmai.core.review.types import Level, Move, Standing, State
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.adjudications import waiting_for_verdict
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.queries.openness import review_data, review_params
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.rules.lattice import is_hidden, level_for, period_lock, right_for
from gongmai.monitor.filing.types import KIND, FilingError, Lock, May

FIRST_MONTH = 2  # January is reported with February


def facts_of(filing: Return) -> Facts:
    """The facts of a return's case; an imported one without a case is where its state says."""
    facts = review.facts_of(KIND, filing.pk)
    return _imported(filing) if facts is review.NEW else facts


def facts_of_many(filings: Sequence[Return]) -> dict[int, Facts]:
    """The facts of several returns, by return."""
    found = review.facts_of_many(KIND, [filing.pk for filing in filings])
    return {filing.pk: found.get(filing.pk) or _imported(filing) for filing in filings}


def _imported(filing: Return) -> Facts:
    return Facts(State(filing.state), 0, "", None, None)


def moves_open(actor: Actor, filing: Return, facts: Facts) -> May:
    """For each move None when the actor may make it now, else the lock that stands against it."""
    return {move.value: lock_of(actor, filing, facts, move) for move in Move}


def moves_of_many(actor: Actor, filings: Sequence[Return], facts: Mapping[int, Facts]) -> dict[int, May]:
    """`moves_open` for the returns of a page."""
    return {filing.pk: moves_open(actor, filing, facts[filing.pk]) for filing in filings}


def lock_of(actor: Actor, filing: Return, facts: Facts, move: Move) -> Lock | None:
    """What stands against a move by the actor, None when nothing does."""
    if not reaches(actor, right_for(move, facts.state), filing.enterprise):
        if may(actor, right_for(move, facts.state)):
            return Lock("not_your_firm")
        return Lock("not_your_level", {"level": level_for(move, facts.state).value})
    refusal = why_not(facts, move, actor.user_id)
    if refusal is not None:
        return Lock(refusal.code, refusal.params)
    return rule_lock(filing, move)


def rule_lock(filing: Return, move: Move) -> Lock | None:
    """What the form, the calendar or a choice of the bureau holds against a move that is open otherwise."""
    today = clock.today()
    if move is Move.SUBMIT:
        try:
            check_in_force(get_form(filing.form), today)
        except FilingError as error:
            return Lock(error.code, error.params)
    if move is Move.REOPEN:
        now = Period(today.year, max(today.month, FIRST_MONTH))
        return period_lock(
            move, Period.from_key(filing.period), now, int(review_params()["reopen_months"].on(today))
        )
    if move is Move.PASS_COUNTY and review_params()["verdicts_needed"].on(today):
        missing = waiting_for_verdict(filing)
        if missing:
            return Lock("verdicts_missing", {"count": len(missing)})
    return None


def standings(facts: Facts) -> dict[Level, Standing]:
    """What the return is to each level."""
    return {level: standing(facts, level) for level in Level}


def level_of(actor: Actor) -> Level | None:
    """The level of review at which a person works; None for those who only read."""
    if Role.ENTERPRISE in actor.roles:
        return Level.OWNER
    if Role.CITY in actor.roles:
        return Level.CITY
    return Level.COUNTY if Role.COUNTY in actor.roles else None


def sees_content(actor: Actor, filing: Return) -> bool:
    """Whether the actor sees what stands in the version submitted last, whatever the reach."""
    hidden: Mapping[str, Iterable[str]] = review_data()["hidden_from"]
    return not is_hidden([role.value for role in actor.roles], State(filing.state), hidden)


def shown_version(actor: Actor, filing: Return) -> int:
    """The latest version whose content the actor sees; 0 for none."""
    return filing.versions_count if sees_content(actor, filing) else filing.approved_version or 0

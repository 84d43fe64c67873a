"""The moves as buttons: open ones, and for the rest why not; a reopened return and its vintages."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongmai.core.access.queries import may
from gongmai.core.access.types import Actor
from gongmai.core.review.types import Move
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.queries.adjudications import waiting_for_verdict
from gongmai.monitor.filing.queries.returns import ReturnView
from gongmai.monitor.filing.rules.lattice import right_for
from gongmai.monitor.filing.types import Lock

_WORDS = {
    Move.PASS_COUNTY: (gettext_lazy("Pass (county)"), "check", "btn-primary"),
    Move.PASS_CITY: (gettext_lazy("Approve (city)"), "check", "btn-primary"),
    Move.SEND_BACK: (gettext_lazy("Send back"), "arrow-back-up", "btn-danger"),
    Move.REOPEN: (gettext_lazy("Reopen"), "lock-open", "btn-danger"),
    Move.WIDEN: (gettext_lazy("Open more"), "lock-open", ""),
    Move.TAKE_BACK: (gettext_lazy("Take it back"), "arrow-back-up", ""),
    Move.ACCEPT: (gettext_lazy("Take up"), "eye", ""),
    Move.RELEASE: (gettext_lazy("Release"), "lock-open", ""),
}
# moves for which the officer says why
TELLS = frozenset({Move.SEND_BACK, Move.REOPEN, Move.WIDEN, Move.TAKE_BACK})
PASSES = frozenset({Move.PASS_COUNTY, Move.PASS_CITY})
OPENS = frozenset({Move.SEND_BACK, Move.REOPEN, Move.WIDEN})
# a move whose lock says nothing new where its counterpart is open
_SILENT = {
    Move.RELEASE: {"not_taken", "move_not_open"},
    Move.ACCEPT: {"move_not_open", "taken"},
    Move.TAKE_BACK: {"move_not_open"},
    Move.WIDEN: {"move_not_open"},
    Move.REOPEN: {"move_not_open"},
}


def controls_of(actor: Actor, seen: ReturnView) -> dict[str, Any]:
    """Buttons for what is open, and the locks, with their reason, on what the actor's level may do at all."""
    buttons, locks = [], []
    for move, (label, icon, look) in _WORDS.items():
        lock = seen.may[move.value]
        if lock is None:
            buttons.append(
                {
                    "move": move.value,
                    "label": label,
                    "icon": icon,
                    "look": look,
                    "tells": move in TELLS,
                    "opens": move in OPENS,
                }
            )
        elif may(actor, right_for(move, seen.state)) and lock.code not in _SILENT.get(move, ()):
            locks.append({"label": label, "why": messages.word_lock(lock)})
    return {"buttons": buttons, "locks": locks, "warning": _warning(seen, buttons)}


def _warning(seen: ReturnView, buttons: list[dict[str, Any]]) -> str:
    """What an officer should know before passing: explanations that nobody judged; empty for nothing."""
    if not any(button["move"] in PASSES for button in buttons):
        return ""
    waiting = waiting_for_verdict(seen.filing)
    if not waiting:
        return ""
    said = messages.word_lock(Lock("verdicts_missing", {"count": len(waiting)}))
    return _("%(said)s The return can be passed all the same.") % {"said": said}


def reopened_in(rows: list[dict[str, Any]], seen: ReturnView) -> list[dict[str, Any]]:
    """The time line with, for each reopening, the vintage that held the figures and the one that followed."""
    versions = {version.digest: version for version in seen.versions}
    for row, step in zip(rows, seen.steps, strict=True):
        version = versions.get(step.digest)
        row["reasons"] = [
            {"label": messages.box_label(box), "reason": reason}
            for box, reason in step.detail.get("boxes", {}).items()
        ]
        row["answer_by"] = step.detail.get("answer_by", "")[:10]
        row["vintage"] = version.admitted if version and step.move == Move.PASS_CITY else None
        if step.move != Move.REOPEN or version is None:
            continue
        later = [
            each.admitted
            for each in seen.versions
            if each.number > version.number and each.admitted is not None
        ]
        row["reopened"] = {"held": version.admitted, "replaced": min(later) if later else None}
    return rows

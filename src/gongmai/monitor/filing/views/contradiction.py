"""What other figures of the firm say against its output, beside a return under review."""

from typing import Any

from django.utils.translation import gettext as _

from gongmai.core.access.queries import reaches
from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.monitor.filing.messages import WITNESSES, word_witness
from gongmai.monitor.filing.queries.contradiction import contradictions_of
from gongmai.monitor.filing.queries.openness import review_params
from gongmai.monitor.filing.queries.returns import ReturnView


def contradiction_shown(actor: Actor, seen: ReturnView) -> dict[str, Any] | None:
    """The firm's contradiction score of the period with its parts in words; None where nothing is to be said.

    For officers with the right to the evidence; silent below the score `contradiction_shown` (0 to 100), and
    where the reader is not shown yet what was filed.
    """
    if seen.withheld or not reaches(actor, "evidence.view", seen.filing.enterprise):
        return None
    found = contradictions_of(seen.period).get(seen.filing.enterprise_id)
    if found is None or found.score < review_params()["contradiction_shown"].on(clock.today()):
        return None
    return {
        "score": round(found.score),
        "output": word_witness("output", found.output),
        "parts": [
            {"words": word_witness(part.witness, part.growth), "points": round(part.points)}
            for part in found.parts
        ],
        "missing": _(", ").join(_(WITNESSES[name]) for name in found.missing),
    }

"""What readers who may not see firms are not shown of a nowcast: what the published tables hide."""

from gongmai.core.access.types import Actor
from gongmai.core.formula.types import View
from gongmai.core.panel.queries import vintages
from gongmai.core.period.types import Period
from gongmai.monitor.indicator.queries import cube
from gongmai.monitor.indicator.queries.compute import compute
from gongmai.monitor.indicator.queries.disclosure import sees_firms
from gongmai.monitor.indicator.rules.printing import CONFIDENTIAL, TOO_FEW
from gongmai.monitor.indicator.types import Request


def hidden_groups(actor: Actor, cut: str, period: Period) -> dict[str, str]:
    """Code -> reason; ``""`` stands for the whole, ``"*"`` for every group that the published table lacks.

    Decided on the latest released period up to `period`: an estimate rests on the same firms' figures.
    """
    if sees_firms(actor):
        return {}
    vintage = vintages.current_vintage()
    released = []
    for year in (period.year, period.year - 1):
        try:
            released += [key for key in cube.released(vintage, year) if key <= period.key]
        except vintages.NotPublished:
            continue
    if not released:
        return {"": TOO_FEW, "*": TOO_FEW}
    last = Period.from_key(max(released))
    table = compute(actor, Request(last, view=View.CUMULATIVE, item="output", by=(cut,) if cut else ()))
    found = {"*": TOO_FEW} if cut else {}
    for row in table.rows:
        code = row.codes[cut] or ""
        found[code] = row.hidden if row.hidden in CONFIDENTIAL else ""
    if table.total.hidden in CONFIDENTIAL:
        found[""] = table.total.hidden
    return found

"""Which boxes of a return are open to its firm, with why, and the identities that tie boxes together."""

from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from gongmai.core.formula.rules.catalogue import read_params
from gongmai.core.formula.types import Param, View
from gongmai.core.review.types import State
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.audits import all_audits, roll_ups_of
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.rules.openness import Ties


def open_boxes(filing: Return) -> frozenset[str] | None:
    """The boxes that the firm may change while the return is with it; None when all are open.

    Names are those of `rules.openness`: `output__ytd`, `output_lines.1311.output`, `output_lines.*`.
    """
    if State(filing.state) is not State.RETURNED or filing.asked_boxes is None:
        return None
    return frozenset(filing.asked_boxes["open"])


def box_reasons(filing: Return) -> dict[str, str]:
    """Why single boxes came back: box -> reason, for those that an officer named; empty when all are open."""
    if State(filing.state) is not State.RETURNED or filing.asked_boxes is None:
        return {}
    return dict(filing.asked_boxes["reasons"])


@lru_cache(maxsize=1)
def review_data() -> dict[str, Any]:
    """The data file of review."""
    text = files("gongmai.monitor.filing").joinpath("data/review.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@lru_cache(maxsize=1)
def review_params() -> dict[str, Param]:
    """The dated choices of review."""
    return dict(read_params(review_data()["params"]))


@lru_cache(maxsize=16)
def ties_of(form: str) -> Ties:
    """What moves together on a form: the identities among the audits, and the sums of lines."""
    patterns = review_data()["together"]
    heads: set[frozenset[str]] = set()
    lines: dict[str, set[frozenset[str]]] = {}
    survey = get_form(form)
    boxes = {cell.key for cell in survey.cells} | set(survey.computed_cells)
    for audit in all_audits():
        named = any(fnmatchcase(audit.code, pattern) for pattern in patterns)
        if audit.form != form or not named or audit.code in review_data()["apart"]:
            continue
        columns = {ref.column(View.MONTH) for ref in audit.checked.refs}
        if audit.table:
            known = {cell.key for cell in survey.table(audit.table).cells}
            lines.setdefault(audit.table, set()).add(frozenset(columns & known))
        else:
            heads.add(frozenset(columns & boxes))
    rolled = {
        cell: (
            checked.formula.table or "",
            frozenset(ref.column(View.MONTH) for ref in checked.refs),
        )
        for cell, _decimals, checked in roll_ups_of(form)
    }
    return Ties(
        heads=tuple(sorted(heads, key=sorted)),
        lines={table: tuple(sorted(groups, key=sorted)) for table, groups in lines.items()},
        rolled=rolled,
        along=tuple((entry["when"], tuple(entry["open"])) for entry in review_data()["along"]),
    )

"""The cuts of this installation: the fixed ones, output bands, and the city's own display groups."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from gongmai.core.registry import queries as registry
from gongmai.monitor.indicator.rules.cuts import industry_condition, tag_condition
from gongmai.monitor.indicator.types import Cut, IndicatorError, Label

_FILE = Path(__file__).parent.parent / "data" / "cuts.yaml"
GROUP_PREFIX = "group:"
OTHER = "other"
PERIOD = Cut(code="period", label={"zh-Hans": "", "en": ""}, column="period")


def list_cuts() -> list[Cut]:
    """Every cut that a request may name, the city's display groups last."""
    return [*_fixed().values(), *_bands().values(), *_groups()]


def get_cut(code: str) -> Cut:
    """A cut by its code or one of its aliases; IndicatorError when there is none."""
    if code == PERIOD.code:
        return PERIOD
    for cut in list_cuts():
        if code == cut.code or code in cut.aliases:
            return cut
    raise IndicatorError("unknown_cut", cut=code)


def labels_of(cuts: Iterable[Cut]) -> dict[str, Mapping[str, Label]]:
    """The labels of the groups of each cut, by code."""
    return {cut.code: _labels(cut) for cut in cuts}


def codes_of(cut: Cut) -> list[str]:
    """The codes that a cut can take, in the order of its list."""
    if cut.cases:
        return [code for _, code in cut.cases] + [cut.other]
    return list(_labels(cut))


def _labels(cut: Cut) -> Mapping[str, Label]:
    if not cut.codes:
        return cut.labels
    return {
        code: {"zh-Hans": label.zh, "en": label.text("en")}
        for code, label in registry.labels(cut.codes).items()
    }


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document


@lru_cache(maxsize=1)
def _fixed() -> dict[str, Cut]:
    return {
        entry["code"]: Cut(
            code=entry["code"],
            label=entry["label"],
            column=entry.get("column", ""),
            codes=entry.get("codes", ""),
            labels=entry.get("labels", {}),
            overlapping=entry.get("overlapping", False),
            aliases=tuple(entry.get("aliases", ())),
            parent=entry.get("parent", ""),
        )
        for entry in _document()["cuts"]
    }


@lru_cache(maxsize=1)
def _bands() -> dict[str, Cut]:
    """Bands of cumulative output: a firm whose figure is unknown is in none of them."""
    cuts = {}
    for entry in _document()["bands"]:
        floors = [band for band in entry["bands"] if "floor" in band]
        below = next(band for band in entry["bands"] if "floor" not in band)
        figure = f"{entry['item']}__ytd"
        cuts[entry["code"]] = Cut(
            code=entry["code"],
            label=entry["label"],
            cases=tuple((f"{figure} >= {int(band['floor'])}", band["code"]) for band in floors),
            other=below["code"],
            labels={band["code"]: band["label"] for band in entry["bands"]},
        )
    return cuts


def _groups() -> list[Cut]:
    here = registry.city()
    groups = here.settings.get("groups", []) if here else []
    return [_group(entry) for entry in groups]


def _group(entry: Mapping[str, Any]) -> Cut:
    cases = []
    for member in entry["members"]:
        conditions = []
        if member.get("industries"):
            conditions.append(industry_condition([str(code) for code in member["industries"]]))
        conditions += [tag_condition(tag) for tag in member.get("tags", ())]
        cases.append((" OR ".join(conditions) or "FALSE", member["code"]))
    labels = {member["code"]: member["label"] for member in entry["members"]}
    return Cut(
        code=GROUP_PREFIX + entry["code"],
        label=entry["label"],
        cases=tuple(cases),
        other=OTHER,
        labels={**labels, OTHER: entry.get("other", _document()["other"])},
    )

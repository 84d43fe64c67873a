"""The state of a screen, kept whole in its address: reload it, send it, print it, it stays the same.

Only what differs from the default is written, so that addresses stay short and readable.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from gongmai.core.panel.types import Layer
from gongmai.core.period.types import Period
from gongmai.ui.reading import whole_number

VIEWS = ("cumulative", "month")
BASES = ("comparable", "same_sample", "nominal")
LAYERS = tuple(layer.value for layer in Layer)
ITEM = "output"
LONGEST_SEARCH = 60
MOST_FILTERS = 400


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person has chosen on a screen.

    `by` is the cut (a second one only in the crosstab); `filters` narrow the firms, dimension by dimension.
    """

    period: Period
    view: str = "cumulative"
    basis: str = "comparable"
    vintage: int | None = None
    item: str = "output"
    by: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    layer: str = LAYERS[0]

    def filter(self, dimension: str) -> tuple[str, ...]:
        """The codes chosen in a dimension."""
        return dict(self.filters).get(dimension, ())

    def get(self, name: str, default: str = "") -> str:
        """A choice that belongs to one screen only, such as its sort order."""
        return dict(self.extra).get(name, default)

    def with_filter(self, dimension: str, codes: Iterable[str]) -> "Selection":
        """The same with this dimension narrowed to the codes, or freed when there are none."""
        kept = tuple((name, values) for name, values in self.filters if name != dimension)
        codes = tuple(codes)
        return replace(self, filters=(*kept, (dimension, codes)) if codes else kept)

    def with_extra(self, **choices: Any) -> "Selection":
        """The same with choices of one screen set, or removed where the value is empty."""
        extra = {**dict(self.extra), **{name: str(value) for name, value in choices.items() if value != ""}}
        extra = {name: value for name, value in extra.items() if choices.get(name, value) != ""}
        return replace(self, extra=tuple(extra.items()))

    def pairs(self, *, screen: bool = True, without: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Names and values of the address, always with the period; without `screen` no screen's own."""
        pairs: list[tuple[str, str]] = [("period", str(self.period))]
        if self.view != VIEWS[0]:
            pairs.append(("view", self.view))
        if self.basis != BASES[0]:
            pairs.append(("basis", self.basis))
        if self.vintage is not None:
            pairs.append(("vintage", str(self.vintage)))
        if self.item != ITEM:
            pairs.append(("item", self.item))
        if self.layer != LAYERS[0]:
            pairs.append(("layer", self.layer))
        pairs += [(name, code) for name, codes in self.filters for code in codes]
        if screen:
            pairs += [("by", cut) for cut in self.by]
            pairs += list(self.extra)
        skipped = set(without)
        return [(name, value) for name, value in pairs if name not in skipped]

    def query(self, *, screen: bool = True) -> str:
        """The query string of `pairs`."""
        return "?" + urlencode(self.pairs(screen=screen))


def read_selection(
    query: QueryDict,
    *,
    latest: Period,
    cuts: Iterable[str],
    items: Iterable[str] = (ITEM,),
    by: tuple[str, ...] = (),
    extra: Mapping[str, tuple[str, ...] | None] | None = None,
) -> Selection:
    """Read a screen's state; whatever is malformed falls back to the default instead of failing.

    `latest` is used when no period is given, `by` when no cut is. `extra` names the screen's own choices
    with their allowed values (None: any short text; the first value is the default and is not written).
    """
    known = tuple(cuts)
    try:
        period = Period.parse(query.get("period", ""))
    except ValueError:
        period = latest
    view, basis, vintage = query.get("view"), query.get("basis"), query.get("vintage", "")
    chosen = tuple(cut for cut in query.getlist("by") if cut in known)[: max(len(by), 1)]
    # in the order of the address: it is the path by which the reader drilled down
    filters = tuple(
        (cut, tuple(dict.fromkeys(code for code in query.getlist(cut) if code))[:MOST_FILTERS])
        for cut in query
        if cut in known and any(query.getlist(cut))
    )
    own = []
    for name, allowed in (extra or {}).items():
        text = query.get(name, "").strip()[:LONGEST_SEARCH]
        if text and (allowed is None or text in allowed[1:]):
            own.append((name, text))
    return Selection(
        period=period,
        view=view if view in VIEWS else VIEWS[0],
        basis=basis if basis in BASES else BASES[0],
        vintage=whole_number(vintage),
        item=item if (item := query.get("item", "")) in set(items) else ITEM,
        by=chosen + by[len(chosen) :],
        filters=filters,
        extra=tuple(own),
        layer=layer if (layer := query.get("layer", "")) in LAYERS else LAYERS[0],
    )

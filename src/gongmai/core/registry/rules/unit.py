"""Which management unit a place belongs to. A town's own row wins over the row for the rest of its region."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from gongmai.core.period.types import Period
from gongmai.core.registry.types import Mapping, Place, ProfileSpan

Index = dict[tuple[str, str], list[Mapping]]


def build_index(mappings: Iterable[Mapping]) -> Index:
    """The mappings by (region, town), for `resolve_unit`."""
    index: Index = defaultdict(list)
    for mapping in mappings:
        index[mapping.region, mapping.town].append(mapping)
    return dict(index)


def resolve_unit(index: Index, region: str, town: str, period: int) -> str | None:
    """The unit of a place in a period (key); None when the mapping is silent."""
    for key in dict.fromkeys(((region, town), (region, ""))):
        for mapping in index.get(key, ()):
            if mapping.holds_in(period):
                return mapping.unit
    return None


def find_overlaps(mappings: Sequence[Mapping]) -> list[int]:
    """Positions of rows that say something else about a time for which an earlier row has spoken."""
    seen: dict[tuple[str, str], list[Mapping]] = defaultdict(list)
    overlaps = []
    for position, row in enumerate(mappings):
        for other in seen[row.region, row.town]:
            starts_before_end = row.valid_to is None or other.valid_from <= row.valid_to
            if starts_before_end and (other.valid_to is None or row.valid_from <= other.valid_to):
                overlaps.append(position)
                break
        seen[row.region, row.town].append(row)
    return overlaps


def split_by_unit(
    index: Index, place: Place, valid_from: int, valid_to: int | None
) -> tuple[list[ProfileSpan], int | None]:
    """The span cut where the place changes its unit; and the first period without a unit, if any."""
    starts = {valid_from}
    for key in ((place.region, place.town), (place.region, "")):
        for mapping in index.get(key, ()):
            starts.add(mapping.valid_from)
            if mapping.valid_to is not None:
                starts.add(Period.from_key(mapping.valid_to).next().key)
    inside = sorted(s for s in starts if s >= valid_from and (valid_to is None or s <= valid_to))
    spans: list[ProfileSpan] = []
    for start in inside:
        unit = resolve_unit(index, place.region, place.town, start)
        if unit is None:
            return spans, start
        if spans and spans[-1].unit == unit:
            continue
        if spans:
            spans[-1] = _end_before(spans[-1], start)
        spans.append(ProfileSpan(start, valid_to, unit, place))
    return spans, None


def _end_before(span: ProfileSpan, start: int) -> ProfileSpan:
    return ProfileSpan(span.valid_from, Period.from_key(start).previous().key, span.unit, span.place)

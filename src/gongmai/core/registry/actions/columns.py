"""From the shapes of rules to the columns of tables."""

from collections.abc import Iterable
from typing import Any

from gongmai.core.registry.types import ProfileSpan


def place_columns(span: ProfileSpan) -> dict[str, Any]:
    """The columns that an enterprise and its profile share."""
    place = span.place
    return {
        "region": place.region,
        "town": place.town,
        "unit": span.unit,
        "park": place.park,
        "industry": place.industry,
        "size": place.size,
        "tags": join_tags(place.tags),
    }


def join_tags(tags: Iterable[str]) -> str:
    """Tags as they are stored: sorted between bars, so that ``|x|`` finds one; empty for none."""
    chosen = sorted(set(tags))
    return f"|{'|'.join(chosen)}|" if chosen else ""

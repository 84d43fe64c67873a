"""The industry classification GB/T 4754-2017: levels of a code, and the trap of its 2011 edition."""

from collections.abc import Collection, Iterable, Mapping

from gongmai.core.registry.types import Edition

DIVISION, GROUP, CLASS = 2, 3, 4


def check_industry_code(text: str, classes: Collection[str], edition: Edition) -> list[str]:
    """What is wrong with the class code of a firm; an empty list when it is one of the known `classes`.

    ``industry_2011``: a class that only the superseded edition has. ``industry_unknown``: none at all.
    """
    if text in classes:
        return []
    return ["industry_2011" if text in edition.retired_classes else "industry_unknown"]


def find_old_edition(labels: Mapping[str, str], edition: Edition) -> list[str]:
    """The codes that betray a table of the superseded edition, sorted; an empty list when none does.

    A label that begins as it did in the old edition, a class that was retired, or a division that is
    spelt out to its groups but lacks the groups that the new edition added.
    """
    old = {
        code
        for code, beginning in edition.old_labels.items()
        if "".join(labels.get(code, "").split()).startswith(beginning)
    }
    old |= edition.retired_classes & labels.keys()
    groups = {code for code in labels if len(code) == GROUP}
    for code in edition.new_groups:
        if code not in groups and any(group[:DIVISION] == code[:DIVISION] for group in groups):
            old.add(code)
    return sorted(old)


def find_retired_classes(codes: Iterable[str], edition: Edition) -> list[str]:
    """The classes among `codes` that only the superseded edition has, sorted."""
    return sorted(edition.retired_classes & set(codes))


def is_within(industry: str, ancestors: Iterable[str]) -> bool:
    """Whether a class lies in one of the codes of any level from division down.

    >>> is_within("2110", ["20", "211"])
    True
    """
    return any(industry.startswith(code) for code in ancestors)

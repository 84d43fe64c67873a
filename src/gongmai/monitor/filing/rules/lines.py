"""The names of lines: what a line of a repeating table is called while people edit it.

A line's key may be empty, wrong or given twice while it is being typed, and its number changes when a line
above it goes. So each line of a draft has a name of its own: lines that the system filled in are named after
their key, lines that a page adds bring a name that sorts by the time it was made.
"""

import re
from collections.abc import Mapping, Sequence

from gongmai.monitor.filing.types import CellValue

NAME = re.compile(r"^[A-Za-z0-9_-]{1,32}$")
_ADDED = "n"
_ODD = re.compile(r"[^A-Za-z0-9_-]")


def is_name(text: str) -> bool:
    """Whether `text` may name a line."""
    return bool(NAME.match(text))


def names_of(
    lines: Sequence[Mapping[str, CellValue]], key: str, known: Sequence[str] = (), *, keep: bool = True
) -> list[str]:
    """A name for each line. `known` are the names they had; `keep` says that they belong to these very lines.

    Where the lines were replaced (`keep` false), a name goes by the key of its line, so that a colleague's
    page still finds the line that it shows.
    """
    if keep and len(known) == len(lines) and len(set(known)) == len(known):
        return list(known)
    taken: set[str] = set()
    found = []
    for line in lines:
        base = name = "k" + _ODD.sub("_", str(line.get(key) or ""))[:24]
        number = 1
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name)
        found.append(name)
    return found


def in_order(names: Sequence[str]) -> list[str]:
    """Names in the order in which their lines stand: as they were, then the added ones by time.

    So two people who add lines at once get the same order, whoever is saved first.
    """
    return [name for name in names if not name.startswith(_ADDED)] + sorted(
        name for name in names if name.startswith(_ADDED)
    )

"""Invented names, addresses and credit codes."""

from typing import Any

import numpy as np

from gongmai.demo import sources
from gongmai.demo.types import Firms, stream

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
MARK = "MADM"  # the body of every invented code starts like this


def christen(firms: Firms) -> None:
    """Give every firm a unique invented name and a valid credit code that carries the mark."""
    random = stream("names")
    parts: dict[str, Any] = sources.read_yaml("names")
    places = {row["code"]: row["label_zh"] for row in sources.read_csv("regions")}
    sectors = sources.sectors()
    taken: set[str] = set()
    names = []
    for division, region, town in zip(firms.division, firms.region, firms.town, strict=True):
        seeds = [*parts["wide"], _short(places[region]), _short(places[town])]
        trades = sectors[division]["trades"]
        while True:
            name = "".join(
                (
                    _pick(seeds, random),
                    _pick(parts["first"], random),
                    _pick(parts["second"], random),
                    _pick(trades, random),
                    _pick(parts["forms"], random),
                )
            )
            if name not in taken:
                break
        taken.add(name)
        names.append(name)
    firms.name = np.array(names, object)
    bodies = random.choice(31**4, size=firms.count, replace=False)
    codes = [
        complete_credit_code("91" + region, int(body))
        for region, body in zip(firms.region, bodies, strict=True)
    ]
    firms.credit_code = np.array(codes, object)


def complete_credit_code(head: str, body: int) -> str:
    """A credit code of GB 32100-2015 from the first eight characters and a running number below 31^4."""
    inner = MARK
    for _ in range(4):
        inner += ALPHABET[body % 31]
        body //= 31
    code = head + inner + _inner_check(inner)
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code))
    return code + ALPHABET[(31 - total % 31) % 31]


def _inner_check(inner: str) -> str:
    total = sum(
        int(character, 36) * weight for character, weight in zip(inner, ORGANISATION_WEIGHTS, strict=True)
    )
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def _short(place: str) -> str:
    """The seed of a place's name: without the word for county, town or street office."""
    for suffix in sources.read_yaml("names")["suffixes"]:
        if place.endswith(suffix) and len(place) > len(suffix) + 1:
            return place.removesuffix(suffix)
    return place


def _pick(choices: Any, random: np.random.Generator) -> str:
    return str(choices[int(random.integers(len(choices)))])

"""The published cube attacked: whether anything hidden can be computed from what is shown."""

from dataclasses import dataclass, replace
from datetime import date

from gongmai.core.disclosure import queries as disclosure
from gongmai.core.disclosure import rules
from gongmai.core.disclosure.types import Finding, Key, Suppression
from gongmai.monitor.indicator.queries import cube


@dataclass(frozen=True, slots=True)
class Report:
    """What an attack on an item's year found, and what the pattern costs."""

    item: str
    year: int
    vintage: int
    layers: int
    cells: int
    secret: int
    primary: int
    hidden: tuple[Key, ...]
    hidden_share: float
    rolled_up: bool
    findings: tuple[Finding, ...]


def attack(item: str, year: int, vintage: int, *, insiders: str = "latest") -> Report:
    """Attack every month's figures as an outsider, and as each firm that is alone in a cell.

    `insiders`: ``latest`` attacks the last month only (there are many firms), ``all`` every month, ``none``
    none. What is attacked is what readers are shown: the pattern kept. Raises NotPublished.
    """
    cube.prepare(item, year, vintage)
    shown = cube.protected(item, year, vintage)
    assembled = cube.assemble(item, year, vintage, rolled_up=disclosure.kept(item, year).rolled_up)
    parameters = disclosure.parameters(date(year, 12, 31))
    whole = assembled.cube
    primary = rules.primary(whole.layers, parameters)
    suppression = Suppression(primary - whole.secret, shown.hidden)
    attacker = disclosure.attacker()
    findings = attacker.audit(whole, parameters, suppression, insiders=insiders == "all")
    if insiders == "latest":
        last = max(name[0] for name in assembled.names)
        layers = tuple(
            layer for name, layer in zip(assembled.names, whole.layers, strict=True) if name[0] == last
        )
        findings += attacker.audit(replace(whole, layers=layers), parameters, suppression)
    return Report(
        item=item,
        year=year,
        vintage=vintage,
        layers=len(whole.layers),
        cells=len(whole.keys) - len(whole.secret),
        secret=len(whole.secret),
        primary=len(suppression.primary),
        hidden=tuple(sorted(shown.hidden)),
        hidden_share=rules.hidden_share(whole, shown.hidden, assembled.inner),
        rolled_up=bool(shown.rolled_up),
        findings=tuple(dict.fromkeys(findings)),
    )

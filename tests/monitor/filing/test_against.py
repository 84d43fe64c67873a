"""The drawer of review says where other figures of the firm contradict its output."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries import contradiction
from gongmai.monitor.filing.rules.contradiction import WITNESSES, Growths
from tests.monitor.filing.conftest import Town
from tests.monitor.filing.test_pages import sign_in, submitted

__all__ = ["submitted"]
CITY = [
    Growths(1000 + n, "13", 0.05 + n % 3 / 100, dict.fromkeys(WITNESSES, 0.05 + n % 5 / 100))
    for n in range(30)
]
TITLE = "Other figures contradict the output"


@pytest.fixture
def others(submitted: Return, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, float | None]]:
    """Growths of the firm's witnesses, beside thirty firms in which nothing contradicts; output +40 %."""
    said: dict[str, float | None] = {"electricity": -0.12, "revenue": -0.2, "tax": 0.4, "workforce": 0.38}
    mine = Growths(submitted.enterprise_id, "13", 0.4, said)
    monkeypatch.setattr(contradiction, "growths_of", lambda _period: [*CITY, mine])
    contradiction._cache.clear()
    yield said
    contradiction._cache.clear()


def drawer(name: str, filing: Return) -> str:
    place = reverse("filing:show", args=[filing.pk])
    answer = sign_in(name).get(place, headers={"HX-Request": "true", "HX-Target": "drawer"})
    return answer.content.decode() if answer.status_code == 200 else ""


def test_the_officer_reads_the_score_and_its_parts(
    town: Town, submitted: Return, others: dict[str, float | None]
) -> None:
    page = drawer("county", submitted)
    assert TITLE in page
    assert "67 of 100 points" in page  # electricity 35 and revenue 25 of the 90 that are known
    part = page.split(TITLE)[1].split("</section>")[0]
    assert part.index("electricity") < part.index("revenue") < part.index("headcount")
    assert "39 points" in part
    assert "28 points" in part
    assert part.count("does not contradict") == 2
    assert "Not known: energy consumption" in part


def test_a_low_score_is_not_shown(town: Town, submitted: Return, others: dict[str, float | None]) -> None:
    others["electricity"] = others["revenue"] = 0.4
    assert TITLE not in drawer("county", submitted)
    others["revenue"] = -0.2  # 25 of 90: below the bureau's 40
    contradiction._cache.clear()
    assert TITLE not in drawer("county", submitted)


def test_only_officers_with_the_right_to_the_evidence_read_it(
    town: Town, submitted: Return, others: dict[str, float | None]
) -> None:
    assert TITLE not in drawer("filer", submitted)
    assert TITLE not in drawer("leader", submitted)
    assert TITLE not in drawer("elsewhere", submitted)
    fill = sign_in("filer").get(reverse("filing:fill", args=[submitted.pk])).content.decode()
    assert "First Works" in fill
    assert TITLE not in fill

"""A worker killed at every point of a publication: finished once after the restart, never half readable."""

from pathlib import Path

from tests.faults.town import build_town, serving, submit


def test_a_publication_is_finished_once_wherever_its_worker_is_killed(tmp_path: Path) -> None:
    town = build_town(tmp_path / "data", 9, "gongmai_publication")
    with serving(town, "--workers", "1", "--no-worker") as (port, _):
        for number in range(9):
            assert submit(port, town, number, f"publish-{number}")[0] == 201
    found = town.read("tests.faults.publications")
    before = found["before"]
    assert len(found["turns"]) == 8
    for turn, seen in enumerate(found["turns"], start=1):
        point, between, after = seen["point"], seen["between"], seen["after"]
        assert seen["codes"] == [0, -9, 0], point
        assert between["bad"] == [], point
        # a reader sees the vintage before or, where the death came after its transaction, the one after
        assert (between["vintages"], between["rows"], between["lines"]) in {
            (before["vintages"] + turn - 1, turn - 1, before["lines"] + turn - 1),
            (before["vintages"] + turn, turn, before["lines"] + turn),
        }, point
        # the next worker finished it at once: the dead one's lease is known to be void
        assert (after["vintages"], after["rows"]) == (before["vintages"] + turn, turn), point
        assert after["lines"] == before["lines"] + turn, point
        assert (after["bad"], after["loose"], after["open"]) == ([], 0, 0), point
        assert len(after["admitted"]) == turn, point
        assert max(after["admitted"]) == after["vintages"], point

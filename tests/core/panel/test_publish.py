import pyarrow.parquet as pq
import pytest

from gongmai.core.audit.models import Entry
from gongmai.core.panel.actions import publish as publishing
from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.models import PeriodFile, Vintage
from gongmai.core.panel.queries import engine, vintages

P = 202212
OUTPUTS = "SELECT enterprise_id, output FROM panel ORDER BY enterprise_id"


def outputs(vintage, period=P):
    return engine.ask(OUTPUTS, vintage=vintage, periods=[period]).to_pylist()


@pytest.fixture
def two_firms(store):
    store.rosters[P] = [{"id": 1}, {"id": 2, "industry": "1311"}]
    store.parameters[P] = {"va_rate": {"20": 0.22}}
    store.file(P, 1, output=100, output__base=80, output__ytd=1000, output__ytd_base=900)
    return store


def test_a_roster_firm_without_a_return_is_in_the_panel_with_unknown_cells(two_firms):
    assert publish() == 1
    assert outputs(1) == [{"enterprise_id": 1, "output": 100}, {"enterprise_id": 2, "output": None}]


def test_facts_of_a_firm_off_the_roster_stay_out(two_firms):
    two_firms.file(P, 9, output=5)
    publish()
    assert [row["enterprise_id"] for row in outputs(1)] == [1, 2]


def test_parameters_are_joined_by_industry_division(two_firms):
    publish()
    sql = "SELECT enterprise_id, va_rate, ppi, period_index FROM panel ORDER BY 1"
    rows = engine.ask(sql, vintage=1, periods=[P]).to_pylist()
    assert [(row["va_rate"], row["ppi"]) for row in rows] == [(0.22, None), (None, None)]
    assert rows[0]["period_index"] == 2022 * 11 + 10


def test_publishing_twice_makes_one_vintage(two_firms):
    assert publish() == 1
    assert publish() is None
    assert Vintage.objects.count() == 1


def test_an_old_vintage_keeps_its_figures_when_a_correction_is_published(two_firms):
    publish()
    two_firms.file(P, 1, output=120)
    assert publish() == 2
    assert outputs(1)[0]["output"] == 100
    assert outputs(2)[0]["output"] == 120


def test_a_vintage_holds_the_periods_that_it_did_not_touch(two_firms):
    publish()
    two_firms.rosters[202302] = [{"id": 1}]
    two_firms.file(202302, 1, output__ytd=7)
    publish()
    assert vintages.published_periods(1) == [P]
    assert vintages.published_periods(2) == [P, 202302]
    assert vintages.files_in_force(2)[P].vintage == 1


def test_each_publication_leaves_one_line_in_the_trail(two_firms):
    publish()
    assert Entry.objects.filter(action="panel.publish").count() == 1


def test_the_same_facts_give_the_same_bytes(two_firms):
    publish()
    publish([P], reason="again")
    first, second = PeriodFile.objects.order_by("vintage")
    assert (first.name, first.digest) == (second.name, second.digest)


def test_money_is_kept_in_whole_numbers(two_firms):
    publish()
    schema = pq.read_schema(vintages.paths(1, [P])[0])
    assert str(schema.field("output").type) == "int64"
    assert str(schema.field("electricity").type) == "double"
    assert str(schema.field("outlook").type) == "string"


class CrashError(Exception):
    pass


@pytest.mark.parametrize("where", ["before", "inside"])
def test_a_crash_leaves_the_old_vintage_in_force_and_its_leftovers_are_collected(
    two_firms, monkeypatch, where
):
    publish()
    two_firms.file(P, 1, output=120)

    def crash(*_args, **_kwargs):
        raise CrashError

    name = "_admit" if where == "before" else "record"
    with monkeypatch.context() as patch:
        patch.setattr(publishing, name, crash)
        with pytest.raises(CrashError):
            publish()
    assert vintages.current_vintage() == 1
    assert outputs(1)[0]["output"] == 100
    assert publish() == 2
    assert outputs(2)[0]["output"] == 120
    assert len(list(vintages.folder().glob("*/*.parquet"))) == 2


def test_facts_approved_while_the_files_are_built_wait_for_the_next_vintage(two_firms, monkeypatch):
    real = publishing.roster.roster_of
    late = []

    def slow(period):
        if not late:
            late.append(period)
            two_firms.file(P, 2, output=55)
        return real(period)

    monkeypatch.setattr(publishing.roster, "roster_of", slow)
    assert publish() == 1
    assert outputs(1)[1]["output"] is None
    assert publish() == 2
    assert outputs(2)[1]["output"] == 55
    assert outputs(1)[1]["output"] is None

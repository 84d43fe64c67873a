"""``init-city`` and ``doctor`` as an operator meets them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings
from tests.core.registry.sample import change_cell, credit_code, write_city

from gongmai.cli.city import init_city
from gongmai.cli.doctor import doctor, examine
from gongmai.core.outbox.models import Delivery
from gongmai.core.panel.models import Vintage
from gongmai.core.panel.queries import vintages
from gongmai.core.period import clock
from gongmai.core.registry.models import City, Code, Enterprise

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    """An import may simulate a date; the next test must not live there."""
    yield
    clock.resume()
    vintages.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_city(tmp_path / "city")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(init_city, list(arguments))


def test_a_folder_of_another_city_is_set_up(folder: Path) -> None:
    result = run(str(folder), "--format", "json")
    assert result.exit_code == 0, result.output
    counts = {row["what"]: row["count"] for row in json.loads(result.stdout)}
    assert counts["enterprises"] == 5
    assert counts["returns"] == 0
    assert City.objects.get().code == "999900"
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()


def test_findings_are_printed_with_advice_and_end_with_one(folder: Path) -> None:
    change_cell(folder, "profiles.csv", 2, "industry", "3610")
    result = run(str(folder), "--format", "json")
    assert result.exit_code == 1
    (finding,) = json.loads(result.stdout)
    assert (finding["file"], finding["row"], finding["column"]) == ("profiles.csv", 2, "industry")
    assert (finding["rule"], finding["value"]) == ("industry_2011", "3610")
    assert "GB/T 4754-2017" in finding["advice"]
    assert not City.objects.exists()


def test_a_refused_return_takes_the_registry_back_too(folder: Path) -> None:
    returns = folder / "returns"
    returns.mkdir()
    (returns / "monthly.2022-12.csv").write_text(f"credit_code,output\n{credit_code(99)},5\n")
    result = run(str(folder))
    assert result.exit_code == 1
    assert not City.objects.exists()
    assert not Enterprise.objects.exists()
    assert not clock.is_simulated()


def test_a_folder_that_is_not_there_is_a_mistake_in_usage(tmp_path: Path) -> None:
    assert run(str(tmp_path / "nowhere")).exit_code == 2


def test_a_simulated_city_lives_at_its_date_and_a_real_one_does_not(folder: Path) -> None:
    text = (folder / "city.yaml").read_text(encoding="utf-8")
    (folder / "city.yaml").write_text(text + 'simulated_now: "2023-07-06T09:00:00+08:00"\n', encoding="utf-8")
    assert run(str(folder)).exit_code == 0
    assert clock.today().isoformat() == "2023-07-06"
    write_city(folder)
    assert run(str(folder), "--replace").exit_code == 0
    assert not clock.is_simulated()


def statuses() -> dict[str, str]:
    return {result.check: result.status for result in examine()}


def test_the_doctor_finds_an_installation_without_a_city() -> None:
    assert statuses()["city"] == "fault"
    assert statuses()["database"] == "ok"


def test_the_doctor_is_content_after_a_good_import(folder: Path) -> None:
    run(str(folder))
    found = statuses()
    for check in ("migrations", "city", "industry list", "clock", "panel", "facts", "worker"):
        assert found[check] == "ok", check


def test_the_doctor_hints_at_a_backup_at_first_and_finds_fault_later(folder: Path) -> None:
    run(str(folder))
    City.objects.update(is_synthetic=False)
    assert statuses()["backup"] == "hint"
    Vintage.objects.create(number=1, published_at=clock.now() - timedelta(hours=37), reason="import", facts=0)
    assert statuses()["backup"] == "fault"
    City.objects.update(is_synthetic=True)
    assert statuses()["backup"] == "ok"


def test_the_doctor_finds_an_old_industry_list(folder: Path) -> None:
    run(str(folder))
    Code.objects.filter(list="industry", code="366").update(label_zh="汽车零部件及配件制造")
    City.objects.update(revision=99)
    assert statuses()["industry list"] == "fault"


def test_the_doctor_finds_a_real_city_at_a_simulated_date(folder: Path, simulated_time: None) -> None:
    run(str(folder))
    City.objects.update(is_synthetic=False)
    clock.simulate(clock.now())
    assert statuses()["clock"] == "fault"


def test_the_doctor_finds_a_panel_file_that_is_gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class File:
        name, digest = "gone.parquet", "0"

    monkeypatch.setattr(vintages, "current_vintage", lambda: 1)
    monkeypatch.setattr(vintages, "files_in_force", lambda _vintage: {202212: File})
    run(str(folder))
    assert statuses()["panel"] == "fault"


def test_the_doctor_says_what_it_saw_as_json_and_ends_with_one_on_a_fault() -> None:
    result = CliRunner().invoke(doctor, ["--format", "json"])
    rows = {row["check"]: row for row in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert rows["city"]["advice"]
    assert rows["data folder"]["seen"] == str(django_settings.DATA_DIR)

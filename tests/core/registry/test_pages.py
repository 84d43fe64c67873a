"""The register, the code lists and the page per enterprise as each kind of person meets them."""

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from tests.core.registry.sample import credit_code, write_city

from gongmai.core.access.types import SYSTEM
from gongmai.core.audit.models import Entry
from gongmai.core.registry.actions.imports import import_city
from gongmai.core.registry.models import Enterprise

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulated_time")]


@pytest.fixture
def firms(tmp_path: Path) -> list[Enterprise]:
    assert import_city(actor=SYSTEM, folder=write_city(tmp_path)).findings == []
    return list(Enterprise.objects.order_by("credit_code"))


def client_of(role: str, kind: str = "city", value: str = "") -> Client:
    """Somebody signed in with one role."""
    user = get_user_model().objects.create(username=f"p-{role}")
    user.grants.create(role=role, scope_kind=kind, scope_value=value)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def names(answer: Any) -> list[str]:
    return [row["firm"].name for row in answer.context["rows"]]


def test_filters_live_in_the_address(firms: list[Enterprise]) -> None:
    client = client_of("city")
    address = reverse("registry:list")
    answer = client.get(address, {"q": "htmy", "unit": "donghe"})
    assert names(answer) == ["示例恒通木业有限公司"]
    assert '<option value="donghe" selected>' in answer.content.decode()
    assert names(client.get(address, {"industry": "13", "roster": "on"})) == ["示例绿源食品有限公司"]
    assert "没有符合条件的企业" in client.get(address, {"q": "nosuch"}).content.decode()


def test_htmx_gets_only_the_results(firms: list[Enterprise]) -> None:
    answer = client_of("city").get(
        reverse("registry:list"), {"q": "htmy"}, headers={"HX-Request": "true", "HX-Target": "results"}
    )
    text = answer.content.decode()
    assert "<html" not in text
    assert "示例恒通木业有限公司" in text


def test_a_county_sees_and_downloads_its_own_firms_only(firms: list[Enterprise]) -> None:
    client = client_of("county", "unit", "xishan")
    own = {firm.name for firm in firms if firm.unit == "xishan"}
    assert set(names(client.get(reverse("registry:list")))) == own
    answer = client.get(reverse("registry:list"), {"format": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    assert own <= cells
    assert not {firm.name for firm in firms if firm.unit != "xishan"} & cells
    assert Entry.objects.filter(action="document.export").count() == 1


def test_an_officer_changes_attributes_by_the_form(firms: list[Enterprise]) -> None:
    client = client_of("city")
    firm = firms[0]
    address = reverse("registry:attributes", args=[firm.pk])
    assert 'value="2021"' in client.get(address).content.decode()
    data = {"from_period": "202306", "region": "999901", "industry": "3610", "reason": "核实"}
    refused = client.post(address, data)
    assert refused.status_code == 422
    assert "2011" in refused.content.decode()
    saved = client.post(address, data | {"industry": "2011"})
    assert saved.headers["Location"] == reverse("dossier:page", args=[firm.pk])
    firm.refresh_from_db()
    assert firm.industry == "2011"


def test_an_officer_adds_a_firm_and_lets_it_come_on_the_roster(firms: list[Enterprise]) -> None:
    client = client_of("city")
    data = {
        "credit_code": credit_code(50),
        "name": "新设木业",
        "from_period": "202305",
        "region": "999901",
        "industry": "2021",
    }
    assert client.post(reverse("registry:new"), data).status_code == 302
    firm = Enterprise.objects.get(credit_code=credit_code(50))
    entry = {"from_period": "202306", "entry_type": "new"}
    assert client.post(reverse("registry:enter", args=[firm.pk]), entry).status_code == 302
    firm.refresh_from_db()
    assert firm.on_roster


def test_the_page_of_a_firm_tells_its_history(firms: list[Enterprise]) -> None:
    firm = Enterprise.objects.get(credit_code=credit_code(2))
    text = client_of("city").get(reverse("dossier:page", args=[firm.pk])).content.decode()
    for phrase in ("示例绿源食品有限公司", credit_code(2), "退规", "恢复", "2022-03", "瞪羚企业", "变更属性"):
        assert phrase in text, phrase


def test_a_firm_reads_its_own_page_and_no_other(firms: list[Enterprise]) -> None:
    own, other = firms[0], firms[1]
    client = client_of("enterprise", "enterprise", str(own.pk))
    assert client.get(reverse("dossier:mine")).headers["Location"] == reverse("dossier:page", args=[own.pk])
    text = client.get(reverse("dossier:page", args=[own.pk])).content.decode()
    assert own.name in text
    assert "变更属性" not in text
    assert client.get(reverse("dossier:page", args=[other.pk])).status_code == 403
    assert client.get(f"/api/v1/registry/enterprises/{other.pk}").status_code == 403


def test_a_list_of_codes_is_searched_and_downloaded(firms: list[Enterprise]) -> None:
    client = client_of("auditor")
    answer = client.get(reverse("registry:codes"), {"list": "industry", "q": "胶合板"})
    assert [entry.code for entry in answer.context["entries"]] == ["2021"]
    regions = {"list": "region"}
    current = client.get(reverse("registry:codes"), regions).context["entries"]
    ended = client.get(reverse("registry:codes"), regions | {"ended": "1"}).context["entries"]
    assert {entry.code for entry in ended} - {entry.code for entry in current} == {"999971"}
    sheet = client.get(reverse("registry:codes"), {"list": "energy", "format": "csv"})
    assert "电力" in b"".join(sheet.streaming_content).decode()


def test_the_api_gives_firms_with_their_history(firms: list[Enterprise]) -> None:
    client = client_of("city")
    page = client.get("/api/v1/registry/enterprises", {"q": "lysp", "page_size": 10}).json()
    assert (page["total"], page["rows"][0]["credit_code"]) == (1, credit_code(2))
    firm = client.get(f"/api/v1/registry/enterprises/{page['rows'][0]['id']}").json()
    assert [row["valid_from"] for row in firm["profiles"]] == [202203, 202002]
    assert firm["profiles"][0]["tags"] == ["gazelle", "specialised"]
    assert [row["exit_type"] for row in firm["stays"]] == ["", "below_scale"]
    codes = client.get("/api/v1/registry/codes/size").json()
    assert {row["code"] for row in codes} == {"L", "M", "S", "XS"}
    assert client.get("/api/v1/registry/enterprises/999999").status_code == 404


def test_workbooks_are_read_instead_of_csv_files(tmp_path: Path) -> None:
    import csv

    folder = write_city(tmp_path / "city")
    for name in ("enterprises", "profiles", "unit_towns"):
        book = openpyxl.Workbook()
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            for row in csv.reader(handle):
                book.active.append([int(cell) if cell in {"400", "30000"} else cell or None for cell in row])
        book.save(folder / f"{name}.xlsx")
        (folder / f"{name}.csv").unlink()
    done = import_city(actor=SYSTEM, folder=folder)
    assert done.findings == []
    assert Enterprise.objects.get(credit_code=credit_code(2)).size == "S"
    (folder / "units.xlsx").write_bytes((folder / "profiles.xlsx").read_bytes())
    found = import_city(actor=SYSTEM, folder=folder, replace=True).findings
    assert [finding.rule for finding in found] == ["file_twice"]

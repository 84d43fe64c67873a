"""Evidence: a voucher attached and taken away, the life of a figure, an inspector who proves the trail."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).parents[2] / "docs" / "verify_trail.py"
PDF = b"%PDF-1.7 electricity bill\n%%EOF"
PHOTO = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xdc\xccY\xe7\x00\x00\x00\x00IEND\xaeB`\x82"
)


def own_quarterly(page: Page) -> str:
    """The firm's oldest return that is still to be filed: other journeys file the monthly ones."""
    page.goto("/returns/tasks/")
    addresses = page.eval_on_selector_all(
        "main a[href]", "links => links.map(link => link.getAttribute('href'))"
    )
    return next(address for address in addresses if re.fullmatch(r"/returns/\d+/", address))


def some_return(page: Page, period: str) -> str:
    """The number of a return of the reader's list."""
    page.goto(f"/returns/workbench/?period={period}&form=monthly")
    found = re.search(r"/returns/(\d+)/review/", page.content())
    assert found is not None
    return found.group(1)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_firm_attaches_a_voucher_and_takes_a_wrong_one_off(sign_in, shoot, phone: bool) -> None:
    firm = sign_in("enterprise", phone=phone)
    address = own_quarterly(firm)
    firm.goto(address)
    part = firm.locator(f"#attachments-return-{address.split('/')[2]}")
    part.scroll_into_view_if_needed()
    name = "现场照片.png" if phone else "六月电费发票.pdf"
    if phone:
        part.locator("[data-camera]").set_input_files(
            [{"name": name, "mimeType": "image/png", "buffer": PHOTO}]
        )
    else:
        wrong = {"name": "报价.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
        part.locator("[data-choose]").set_input_files(
            [{"name": name, "mimeType": "application/pdf", "buffer": PDF}, wrong]
        )
    expect(part.locator("[data-chosen]")).to_contain_text(name)
    part.get_by_label("附件说明（可不填）").fill("六月用电")
    part.get_by_role("button", name="上传", exact=True).click()
    expect(part.get_by_role("link", name=name)).to_be_visible()
    if not phone:
        expect(part.get_by_role("alert")).to_contain_text("报价.exe")
    part.scroll_into_view_if_needed()
    shoot(firm, f"evidence-voucher{'-phone' if phone else ''}")
    assert fits(firm)
    with firm.expect_download() as taken:
        part.get_by_role("link", name=name).click()
    assert Path(taken.value.path()).read_bytes() == (PHOTO if phone else PDF)
    firm.on("dialog", lambda dialog: dialog.accept())
    part.get_by_role("button", name=re.compile(name)).click()
    expect(part.get_by_role("link", name=name)).to_have_count(0)


def test_files_are_dropped_onto_the_part(sign_in) -> None:
    firm = sign_in("enterprise")
    address = own_quarterly(firm)
    firm.goto(address)
    part = firm.locator(f"#attachments-return-{address.split('/')[2]}")
    expect(part.locator("[data-drop]")).to_be_visible()
    dropped = firm.evaluate_handle(
        "() => { const data = new DataTransfer();"
        " data.items.add(new File(['a,1'], '清单.csv')); return data; }"
    )
    part.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": dropped})
    expect(part.locator("[data-chosen]")).to_contain_text("清单.csv")


def test_a_reviewer_attaches_a_paper_and_another_officer_takes_it_away(sign_in) -> None:
    county = sign_in("county")
    number = some_return(county, "2023-02")
    county.goto(f"/returns/{number}/review/")
    part = county.locator(f"#attachments-return-{number}")
    part.locator("[data-choose]").set_input_files(
        [{"name": "核实记录.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    part.get_by_label("仅内部可见").check()
    part.get_by_role("button", name="上传", exact=True).click()
    expect(part).to_contain_text("主管部门内部")
    city = sign_in("city")
    city.goto(f"/returns/{number}/review/")
    with city.expect_download() as taken:
        city.locator(f"#attachments-return-{number}").get_by_role("link", name="核实记录.pdf").click()
    assert Path(taken.value.path()).read_bytes() == PDF


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_figure_tells_its_life_and_leads_to_numbers(sign_in, shoot, phone: bool) -> None:
    city = sign_in("city", phone=phone)
    number = some_return(city, "2023-05")
    city.goto(f"/returns/{number}/review/")
    city.get_by_role("link", name="逐项数据来历").click()
    city.get_by_role("link", name="工业总产值 · 累计", exact=True).click()
    expect(city.get_by_role("heading", name="形成过程")).to_be_visible()
    expect(city.locator("main")).to_contain_text("至今")
    shoot(city, f"evidence-figure{'-phone' if phone else ''}")
    assert fits(city)
    city.get_by_role("link", name="同比增长", exact=True).click()
    expect(city.locator("main")).to_contain_text("2023")


def test_the_auditor_proves_and_exports_the_trail_and_sees_who_looked(sign_in, shoot, tmp_path) -> None:
    city = sign_in("city")
    number = some_return(city, "2023-04")
    city.goto(f"/evidence/figure/{number}/output/")
    auditor = sign_in("auditor")
    auditor.goto("/trail/readings/")
    expect(auditor.locator("tbody tr").first).to_contain_text("吴科长")
    shoot(auditor, "evidence-readings")
    auditor.goto("/trail/")
    with auditor.expect_download() as taken:
        auditor.get_by_role("button", name="导出检查包").click()
    package = tmp_path / "trail.zip"
    taken.value.save_as(package)
    done = subprocess.run([sys.executable, SCRIPT, package], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "holds")


def test_a_firm_sees_who_looked_at_its_data_on_a_phone(sign_in, shoot) -> None:
    firm = sign_in("enterprise", phone=True)
    firm.goto("/trail/readings/")
    expect(firm.get_by_role("heading", name="查看记录")).to_be_visible()
    shoot(firm, "evidence-readings-firm-phone")
    assert fits(firm)


def test_the_administrator_sees_what_is_kept_of_persons(sign_in, shoot) -> None:
    administrator = sign_in("sysadmin")
    administrator.goto("/personal/")
    expect(administrator.locator("main")).to_contain_text("保存期限")
    shoot(administrator, "evidence-personal")

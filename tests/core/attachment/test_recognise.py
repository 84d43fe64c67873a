"""What is taken for which kind, and what is refused: by content and name both."""

import struct
import zipfile
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.attachment.queries import rules_on
from gongmai.core.attachment.rules.recognise import TEST_VIRUS, clean_name, holds_test_virus, recognise
from gongmai.core.attachment.types import AttachmentRefused

RULES = rules_on(date(2023, 7, 6))
PDF = b"%PDF-1.7\n%%EOF"


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\x00\x00\x00"


def jpg(width: int, height: int) -> bytes:
    lead = b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF" + b"\x00" * 10
    return lead + b"\xff\xff\xc0" + struct.pack(">HBHH", 17, 8, height, width) + b"\x00" * 10


def archive(*names: str, data: bytes = b"<x/>", link: bool = False) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if link:
                entry.external_attr = 0o120777 << 16
            made.writestr(entry, data)
    return target.getvalue()


XLSX = ("[Content_Types].xml", "xl/workbook.xml")
DOCX = ("[Content_Types].xml", "word/document.xml")


def judge(name: str, data: bytes) -> str:
    """The code of the kind, or of the refusal."""
    try:
        return recognise(name, BytesIO(data), len(data), RULES.kinds, RULES.allowance).code
    except AttachmentRefused as refusal:
        return f"refused: {refusal.code}"


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("a.pdf", PDF, "pdf"),
        ("A.PDF", PDF, "pdf"),
        ("a.png", png(800, 600), "png"),
        ("a.jpeg", jpg(800, 600), "jpg"),
        ("a.xlsx", archive(*XLSX), "xlsx"),
        ("a.docx", archive(*DOCX), "docx"),
        ("a.ofd", archive("OFD.xml", "Doc_0/Document.xml"), "ofd"),
        ("a.csv", "厂,1\n".encode(), "csv"),
        ("a.csv", "厂,1\n".encode("gb18030"), "csv"),
        ("a.pdf", b"", "refused: empty"),
        ("a.exe", b"MZ", "refused: kind"),
        ("a", PDF, "refused: kind"),
        ("a.html", b"<script>", "refused: kind"),
        ("a.svg", b"<svg/>", "refused: kind"),
        ("a.zip", archive("a"), "refused: kind"),
        ("a.xlsm", archive(*XLSX), "refused: kind"),
        ("a.png", PDF, "refused: content"),
        ("a.pdf", png(1, 1), "refused: content"),
        ("a.pdf", b"\n" + PDF, "refused: content"),
        ("a.csv", b"<script>alert(1)</script>", "refused: content"),
        ("a.csv", b"a\x00b", "refused: content"),
        ("a.csv", b"\xff\xfe\xfd", "refused: content"),
        ("a.docx", archive(*XLSX), "refused: damaged"),
        ("a.xlsx", archive(*XLSX)[:-30], "refused: damaged"),
        ("a.xlsx", archive(*XLSX, "xl/vbaProject.bin"), "refused: active"),
        ("a.docx", archive(*DOCX, "word/embeddings/o.bin"), "refused: active"),
        ("a.xlsx", archive(*XLSX, "../../etc/x"), "refused: damaged"),
        ("a.xlsx", archive(*XLSX, link=True), "refused: damaged"),
        ("a.xlsx", archive(*XLSX, data=b"0" * 3_000_000), "refused: bomb"),
        ("a.png", png(60_000, 60_000), "refused: pixels"),
        ("a.png", png(30_000, 10), "refused: pixels"),
        ("a.jpg", jpg(65_000, 65_000), "refused: pixels"),
        ("a.png", png(0, 5), "refused: damaged"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10", "refused: damaged"),
    ],
)
def test_content_and_name_must_agree(name: str, data: bytes, wanted: str) -> None:
    assert judge(name, data) == wanted


@given(st.binary(max_size=400), st.sampled_from(["a.pdf", "a.png", "a.jpg", "a.xlsx", "a.csv", "a.ofd"]))
def test_whatever_comes_is_judged_not_crashed_on(data: bytes, name: str) -> None:
    assert judge(name, data)


@given(st.binary(max_size=200), st.sampled_from([jpg(9, 9), png(9, 9), archive(*XLSX)]), st.integers(0, 400))
def test_damage_anywhere_is_judged_not_crashed_on(noise: bytes, data: bytes, place: int) -> None:
    for name in ("a.png", "a.jpg", "a.xlsx"):
        assert judge(name, data[:place] + noise + data[place:])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("发票.pdf", "发票.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\boot.pdf", "boot.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("evil\u202efdp.exe.pdf", "evilfdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        (".pdf", "pdf"),
        ("", "file"),
        ('a"b<c>.PDF', "a_b_c_.pdf"),
    ],
)
def test_names_are_made_harmless(name: str, wanted: str) -> None:
    assert clean_name(name) == wanted


@given(st.text(max_size=400))
def test_a_kept_name_is_short_visible_and_has_no_path(name: str) -> None:
    kept = clean_name(f"{name}.pdf")
    assert 0 < len(kept) <= 130
    assert not set(kept) & set('/\\:*?"<>|\x00\u202e\r\n')
    assert kept.endswith("pdf")


@given(st.integers(1, 80), st.binary(max_size=100))
def test_the_makers_test_file_is_found_across_chunks(size: int, lead: bytes) -> None:
    data = lead + TEST_VIRUS + b"x"
    assert holds_test_virus(data[at : at + size] for at in range(0, len(data), size))
    assert not holds_test_virus([lead, TEST_VIRUS[1:]])

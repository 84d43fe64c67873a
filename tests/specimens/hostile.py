"""Builders of hostile workbooks. Each returns (file name, bytes); none is kept in the repository."""

import hashlib
import io
import struct
import zipfile
import zlib

import xlsxwriter

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/></Types>'
)
MACRO_TYPES = CONTENT_TYPES.replace(
    "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>"
)
WORKBOOK_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
_PNG = b"\x89PNG\r\n\x1a\n"
PLAIN_ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
PLAIN_SHEET = SHEET.format(PLAIN_ROW)


def make_workbook(sheet=PLAIN_SHEET, extra=(), shared=None, method=zipfile.ZIP_DEFLATED):
    """A small workbook from parts; `extra` are more (name or ZipInfo, content) entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", WORKBOOK_RELS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        if shared is not None:
            archive.writestr("xl/sharedStrings.xml", shared)
        for name, content in extra:
            archive.writestr(name, content)
    return target.getvalue()


def _link():
    info = zipfile.ZipInfo("xl/link.xml")
    info.external_attr = 0o120777 << 16
    return info


def million_rows():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_048_577))
    return "rows.xlsx", make_workbook(SHEET.format(rows))


def many_rows_below_the_ratio():
    """100,000 distinct rows: no bomb by its ratio, but more than anybody files."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7919}</v></c></row>' for n in range(1, 100_001))
    return "rows.xlsx", make_workbook(SHEET.format(rows))


def sparse_pair():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return "pair.xlsx", make_workbook(SHEET.format(cells))


def sparse_wide_pair():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="3000"><c r="XFD3000"><v>1</v></c></row>'
    return "pair.xlsx", make_workbook(SHEET.format(cells))


def sparse_pair_hidden_from_the_scan():
    """Attributes in an order and with entities that a byte scan misses: only the child's limit holds."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row>'
    return "pair.xlsx", make_workbook(SHEET.format(cells))


def sparse_pair_without_addresses():
    cells = '<row r="1"><c><v>1</v></c></row><row r="1048576">' + "<c/>" * 16_383 + "<c><v>1</v></c></row>"
    return "pair.xlsx", make_workbook(SHEET.format(cells))


def sparse_pair_in_a_sheet_of_another_name():
    """The parser follows the relationships, not the file name."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr(
            "xl/_rels/workbook.xml.rels", WORKBOOK_RELS.replace("worksheets/sheet1.xml", "theme/other.dat")
        )
        archive.writestr("xl/theme/other.dat", SHEET.format(cells))
    return "pair.xlsx", target.getvalue()


def billion_laughs():
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    shared = (
        f'<?xml version="1.0"?><!DOCTYPE sst [{entities}]><sst xmlns="http://schemas.openxmlformats.org/'
        'spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>&a9;</t></si></sst>'
    )
    row = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    return "laughs.xlsx", make_workbook(SHEET.format(row), shared=shared)


def external_entity():
    sheet = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + SHEET.format(
        '<row r="1"><c r="A1" t="str"><v>&e;</v></c></row>'
    )
    return "xxe.xlsx", make_workbook(sheet)


def entities_in_utf16():
    sheet = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "1">]>' + SHEET.format(PLAIN_ROW)
    return "xxe.xlsx", make_workbook(sheet.encode("utf-16"))


def zip_slip():
    return "slip.xlsx", make_workbook(extra=[("../../../../tmp/evil.xml", "x")])


def absolute_path():
    return "slip.xlsx", make_workbook(extra=[("/etc/cron.d/evil", "x")])


def symlink():
    return "link.xlsx", make_workbook(extra=[(_link(), "/etc/passwd")])


def part_name_with_nul():
    data = make_workbook(extra=[("xl/nulXname.xml", "x")])
    return "nul.xlsx", data.replace(b"nulXname", b"nul\x00name")


def part_name_that_turns_direction():
    return "rtl.xlsx", make_workbook(extra=[("xl/\u202elmx.exe", "x")])


def part_name_of_300_characters():
    return "long.xlsx", make_workbook(extra=[("xl/" + "n" * 300, "x")])


def same_part_twice():
    data = make_workbook(extra=[("xl/worksheets/sheetX.xml", SHEET.format(PLAIN_ROW))])
    return "twice.xlsx", data.replace(b"sheetX.xml", b"sheet1.xml")


def nested_archive():
    return "nested.xlsx", make_workbook(extra=[("xl/media/image1.png", make_workbook())])


def embedded_object():
    return "object.xlsx", make_workbook(extra=[("xl/embeddings/oleObject1.bin", "x")])


def macros_by_part():
    return "macros.xlsx", make_workbook(extra=[("xl/vbaProject.bin", "x")])


def macros_by_name():
    return "macros.xlsm", make_workbook()


def macros_by_content_type():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", MACRO_TYPES)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", WORKBOOK_RELS)
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(PLAIN_ROW))
    return "macros.xlsx", data.getvalue()


def polyglot_in_front():
    return "poly.xlsx", b"%PDF-1.7\n" + make_workbook()


def polyglot_zip_in_front():
    """Starts like a zip, but its directory belongs to a second archive behind the first."""
    return "poly.xlsx", make_workbook() + make_workbook()


def polyglot_behind():
    return "poly.xlsx", make_workbook() + b"<script>alert(1)</script>"


def polyglot_in_the_comment():
    target = io.BytesIO(make_workbook())
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = b"<?php system($_GET[0]); ?>"
    return "poly.xlsx", target.getvalue()


def polyglot_between_the_parts():
    data = make_workbook()
    start = struct.unpack_from("<I", data, len(data) - 6)[0]
    junk = b"MZ" + b"\x90" * 4096
    end = bytearray(data[start:])
    struct.pack_into("<I", end, len(end) - 6, start + len(junk))
    return "poly.xlsx", data[:start] + junk + bytes(end)


def huge_shared_string():
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>" + hashlib.shake_256(b"string").hexdigest(10_000_000) + "</t></si></sst>"
    )
    row = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 200))
    return "string.xlsx", make_workbook(SHEET.format(row), shared=shared)


def shared_string_used_everywhere():
    """32,000 characters, allowed once, in 50,000 cells: 1.6 GB for the parser."""
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>" + "".join(chr(97 + (n * n) % 26) for n in range(32_000)) + "</t></si></sst>"
    )
    row = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 50_001))
    return "string.xlsx", make_workbook(SHEET.format(row), shared=shared)


def million_shared_strings():
    """One cell, and a million texts that no cell shows: distinct ones, so that the ratio is an honest one."""
    texts = "".join(f"<si><t>{n * 7919}</t></si>" for n in range(1_000_000))
    shared = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>'
    row = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    return "strings.xlsx", make_workbook(SHEET.format(row), shared=shared)


def inflating():
    return "bomb.xlsx", make_workbook(extra=[("xl/styles.xml", "<a>" + " " * 90_000_000 + "</a>")])


def lying_sizes():
    """Declares a few bytes, unpacks to 300 MB."""
    part = b"x" * 300_000_000
    data = bytearray(make_workbook(extra=[("xl/styles.xml", part)]))
    size = struct.pack("<I", len(part))
    position = data.find(size)
    while position >= 0:
        data[position : position + 4] = struct.pack("<I", 100)
        position = data.find(size, position + 1)
    return "lying.xlsx", bytes(data)


def overlapping_parts():
    """Two directory lines for the same bytes (a bomb that no ratio shows)."""
    data = make_workbook(extra=[("xl/a.xml", "x" * 9999), ("xl/b.xml", "x" * 9999)])
    first = data.find(b"PK\x03\x04", data.find(b"xl/worksheets/sheet1.xml"))
    start = struct.unpack_from("<I", data, len(data) - 6)[0]
    line = data.find(b"xl/b.xml", start) - 46
    changed = bytearray(data)
    struct.pack_into("<I", changed, line + 42, first)
    return "overlap.xlsx", bytes(changed)


def many_parts():
    return "parts.xlsx", make_workbook(extra=[(f"xl/p{n}.xml", "") for n in range(20_000)])


def encrypted_parts():
    data = bytearray(make_workbook())
    data[6] |= 1
    start = struct.unpack_from("<I", data, len(data) - 6)[0]
    data[start + 8] |= 1
    return "secret.xlsx", bytes(data)


def truncated():
    return "half.xlsx", make_workbook()[:-40]


def broken_xml():
    return "broken.xlsx", make_workbook("<worksheet><sheetData><row")


def broken_stream():
    data = bytearray(make_workbook(SHEET.format(PLAIN_ROW * 50)))
    position = data.find(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    data[position + 5 : position + 25] = b"\xff" * 20
    return "broken.xlsx", bytes(data)


def error_in_a_cell():
    return "e.xlsx", make_workbook(SHEET.format('<row r="1"><c r="B1" t="e"><v>#REF!</v></c></row>'))


def formula_without_result():
    return "f.xlsx", make_workbook(SHEET.format('<row r="1"><c r="B1"><f>A1*2</f><v></v></c></row>'))


def many_sheets():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for number in range(60):
            book.add_worksheet(str(number)).write(0, 0, number)
    return "sheets.xlsx", target.getvalue()


def pixel_flood():
    """An honest workbook whose picture announces 65,500 by 65,500 pixels: 17 GB when decoded."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", 65_500, 65_500, 8, 6, 0, 0, 0)
    header = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    tiny = io.BytesIO()
    with xlsxwriter.Workbook(tiny) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, 1)
        sheet.insert_image(2, 2, "flood.png", {"image_data": io.BytesIO(_PNG + header + bytes(2_000))})
    return "picture.xlsx", tiny.getvalue()


def linked_to_other_files(port=9):
    """A cell that takes its figure from another workbook, and a link that opens a share of the network."""
    row = (
        '<row r="1"><c r="A1"><f>[1]Sheet1!A1</f><v>77</v></c>'
        '<c r="B1" t="str"><f>HYPERLINK("//10.0.0.1/share/x")</f><v>go</v></c></row>'
    )
    link = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
        'schemas.openxmlformats.org/officeDocument/2006/relationships"><externalBook r:id="rId1"/>'
        "</externalLink>"
    )
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" TargetMode="External" Target="http://127.0.0.1:{port}/book.xlsx" Type="http://'
        'schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"/></Relationships>'
    )

    parts = [
        ("xl/externalLinks/externalLink1.xml", link),
        ("xl/externalLinks/_rels/externalLink1.xml.rels", rels.replace("{port}", str(port))),
    ]
    return "linked.xlsx", make_workbook(SHEET.format(row), extra=parts)

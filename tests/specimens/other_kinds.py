"""Files that are no workbook though they may say so, CSV that cannot be read, and names that mislead.

Each builder returns (file name, bytes).
"""

import io
import zipfile

from tests.specimens.hostile import CONTENT_TYPES, make_workbook


def encrypted_container():
    return "secret.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode(
        "utf-16-le"
    )


def old_excel():
    return "old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


def old_excel_by_name():
    return "old.xls", make_workbook()


def binary_workbook():
    return "b.xlsx", make_workbook(extra=[("xl/workbook.bin", "x")])


def web_page():
    return "page.xlsx", "<html><table><tr><td>产值</td></tr></table></html>".encode()


def picture():
    return "picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(100)


def program():
    return "program.exe", b"MZ" + bytes(100)


def text_document():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("word/document.xml", "<w/>")
    return "letter.xlsx", target.getvalue()


def nothing():
    return "empty.xlsx", b""


def larger_than_allowed():
    return "large.xlsx", b"PK\x03\x04" + bytes(21 * 1024 * 1024)


def csv_with_nul():
    return "a.csv", b"a,b\n1,\x002\n"


def csv_that_is_a_workbook():
    return "a.csv", make_workbook()


def csv_in_no_encoding():
    return "a.csv", b"a,b\n\xff\xff\xff,2\n"


def csv_of_a_million_rows():
    return "a.csv", b"a,b\n" * 1_000_000


def csv_with_one_huge_field():
    return "a.csv", b'a,"' + b"x" * 10_000_000 + b'"\n'


def csv_of_many_columns():
    return "a.csv", b"," * 100_000


def name_with_nul():
    return "a\x00.xlsx", make_workbook()


def name_that_turns_direction():
    return "a\u202exslx.xlsx", make_workbook()


def name_of_300_characters():
    return "n" * 300 + ".xlsx", make_workbook()


def name_that_climbs():
    return "../../a.xlsx", make_workbook()

"""The catalogue is complete: every English text of the product has one Chinese translation.

``python -m tests.architecture.test_catalogue`` prints what is missing, ready to paste into a part file.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

SOURCE = Path(__file__).parents[2] / "src" / "gongmai"
PARTS = SOURCE / "locale" / "zh_Hans" / "parts"
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
Key = tuple[str, str | None]


def extract(source: Path = SOURCE) -> dict[Key, str]:
    """Every text to translate (with its context) -> where it stands, found as makemessages finds it."""
    from django.utils.translation.template import templatize

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in source.rglob("*"):
            target = folder / f"{path.relative_to(source)}.py"
            if path.suffix == ".py" and "migrations" not in path.parts:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(path.read_text())
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(templatize(path.read_text()))
        files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))
        keywords = [
            "gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3",
            "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3", "_", "ngettext:1,2", "gettext", "note",
        ]  # fmt: skip
        result = subprocess.run(
            [
                "xgettext",
                "--language=Python",
                "--from-code=UTF-8",
                "--output=-",
                "--no-wrap",
                "--files-from=-",
            ]
            + [f"--keyword={keyword}" for keyword in keywords],
            input="\n".join(files),
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    text = result.stdout.replace("nplurals=INTEGER; plural=EXPRESSION", "nplurals=2; plural=n != 1")
    text = text.replace("charset=CHARSET", "charset=UTF-8")  # what xgettext writes when all is ASCII
    catalogue = read_po(text.encode().splitlines(keepends=True))
    return {key_of(message): message.locations[0][0] for message in catalogue if message.id}


def key_of(message: Message) -> Key:
    return (message.id[0] if isinstance(message.id, tuple) else message.id, message.context)


def translations() -> dict[Key, Message]:
    found: dict[Key, Message] = {}
    for path in sorted(PARTS.glob("*.po")):
        with path.open("rb") as handle:
            found |= {key_of(message): message for message in read_po(handle, locale="zh_Hans") if message.id}
    return found


def words(message: Message) -> str:
    return message.string[0] if isinstance(message.string, tuple | list) else message.string


@pytest.fixture(scope="module")
def texts() -> dict[Key, str]:
    return extract()


def test_every_text_has_a_chinese_translation(texts: dict[Key, str]) -> None:
    known = translations()
    missing = {key: place for key, place in texts.items() if key not in known or not words(known[key])}
    assert missing == {}


def test_no_translation_is_fuzzy() -> None:
    assert [key for key, message in translations().items() if message.fuzzy] == []


def test_no_translation_is_left_of_a_text_that_is_gone(texts: dict[Key, str]) -> None:
    assert [key for key in translations() if key not in texts] == []


def test_translations_keep_the_places_for_values(texts: dict[Key, str]) -> None:
    wrong = [
        key
        for key, message in translations().items()
        if set(PLACE.findall(key[0])) != set(PLACE.findall(words(message)))
    ]
    assert wrong == []


def test_the_extraction_sees_python_and_templates(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text('{% load i18n %}{% translate "One" %}{{ _("Two") }}')
    (tmp_path / "b.py").write_text('from django.utils.translation import gettext_lazy as _\nx = _("Three")\n')
    assert {text for text, _ in extract(tmp_path)} == {"One", "Two", "Three"}


def test_the_parts_compile_into_one_catalogue(tmp_path: Path, settings) -> None:
    from gongmai.ui import catalogue

    folder = tmp_path / "zh_Hans" / "parts"
    folder.mkdir(parents=True)
    settings.LOCALE_PATHS = [tmp_path]
    (folder / "a.po").write_text('msgid "One"\nmsgstr "一"\n')
    (folder / "b.po").write_text('msgid "Two"\nmsgstr "二"\n')
    assert catalogue.compile_catalogue() == []
    (folder / "c.po").write_text('msgid "One"\nmsgstr "壹"\n')
    assert catalogue.compile_catalogue() == ["c.po: 'One': '一', '壹'"]


def test_no_text_is_translated_in_two_ways(tmp_path: Path, settings) -> None:
    from gongmai.ui import catalogue

    shutil.copytree(PARTS, tmp_path / "zh_Hans" / "parts")
    settings.LOCALE_PATHS = [tmp_path]
    assert catalogue.compile_catalogue() == []


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")
    have = translations()
    for (text, context), place in sorted(extract().items(), key=lambda item: item[1]):
        if (text, context) not in have:
            sys.stdout.write(f"# {place}\n")
            if context:
                sys.stdout.write(f'msgctxt "{context}"\n')
            quoted = text.replace('"', '\\"')
            sys.stdout.write(f'msgid "{quoted}"\nmsgstr ""\n\n')

"""Nothing in the product outside the generator knows the city of the demonstration."""

import re
from pathlib import Path

import gongmai

SOURCE = Path(gongmai.__file__).parent
CITY = re.compile(r"linyi|临沂|沂蒙|3713\d\d", re.IGNORECASE)
KINDS = {".py", ".yaml", ".yml", ".csv", ".html", ".js", ".css", ".po", ".json"}


def mentions(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in KINDS and "demo" not in path.relative_to(folder).parts[:1]:
            text = path.read_text(encoding="utf-8")
            if "vendor" not in path.parts and CITY.search(text):
                found.append(path.relative_to(folder).as_posix())
    return found


def test_no_file_outside_the_generator_names_the_city_or_its_codes() -> None:
    assert mentions(SOURCE) == []


def test_the_search_finds_a_name_and_a_code(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "here.py").write_text("Linyi")
    (tmp_path / "there.py").write_text("x = '371302'")
    assert mentions(tmp_path) == ["there.py"]

"""File names, sizes, language and borders of the modules."""

import ast
import re
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "gongmai"
MODULES = sorted(
    path.parent
    for layer in ("core", "monitor", "service", "internet", "programme", "cockpit")
    for path in (SOURCE / layer).glob("*/__init__.py")
)
VOCABULARY = {
    "types", "ports", "events", "rules", "messages", "models", "queries", "actions", "tasks", "forms",
    "views", "api", "urls", "admin", "apps",
}  # fmt: skip
FOLDERS = VOCABULARY | {"templates", "static", "data", "migrations", "templatetags", "management"}
# Files that answer a question of their own, each with its reason.
EXTRA_FILES = {
    "core/period/clock.py": "the one place that asks the time",
    "core/access/hashers.py": "Django names hashers by path",
}
BORDER = {
    "types",
    "events",
    "ports",
    "queries",
    "actions",
    "rules",
    "messages",
    "tasks",
    "api",
    "urls",
    "clock",
}
LIMIT = 400
HAN = re.compile(r"[\u4e00-\u9fff]")


def python_files() -> list[Path]:
    """All hand-written Python files of the product."""
    return [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def name_faults(module: Path) -> list[str]:
    """Entries of a module's folder that are not in the vocabulary."""
    faults = []
    for entry in sorted(module.iterdir()):
        relative = entry.relative_to(SOURCE).as_posix()
        if entry.name in {"__init__.py", "__pycache__"} or relative in EXTRA_FILES:
            continue
        allowed = FOLDERS if entry.is_dir() else {f"{name}.py" for name in VOCABULARY}
        if entry.name not in allowed:
            faults.append(relative)
    return faults


def holds_only_a_docstring(text: str) -> bool:
    """Whether a package's __init__ says what lives there and does nothing."""
    body = ast.parse(text).body
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_uses_only_the_closed_list_of_file_names(module: Path) -> None:
    assert name_faults(module) == []


def test_the_name_check_finds_a_stray_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.architecture.test_house.SOURCE", tmp_path)
    (tmp_path / "utils.py").write_text("")
    (tmp_path / "rules.py").write_text("")
    assert name_faults(tmp_path) == ["utils.py"]


def test_no_file_is_longer_than_the_limit() -> None:
    root = SOURCE.parents[1]
    others = [path for folder in ("tests", "bench", "scripts") for path in (root / folder).rglob("*.py")]
    long = {
        path.relative_to(root).as_posix(): n
        for path in [*python_files(), *others]
        if (n := len(path.read_text().splitlines())) > LIMIT
    }
    assert long == {}


def test_every_init_holds_a_docstring_and_nothing_else() -> None:
    wrong = [
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("__init__.py")
        if "migrations" not in path.parts and not holds_only_a_docstring(path.read_text())
    ]
    assert wrong == []


def test_source_and_templates_hold_no_chinese_outside_data() -> None:
    files = [
        *python_files(),
        *SOURCE.rglob("*.html"),
        *(p for p in SOURCE.rglob("*.js") if "vendor" not in p.parts),
    ]
    wrong = [
        path.relative_to(SOURCE).as_posix()
        for path in files
        if "data" not in path.parts and HAN.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def border_breaches(graph: grimp.ImportGraph) -> list[str]:
    """Imports from one module into another that go past its border files."""
    breaches = []
    modules = [f"gongmai.{path.relative_to(SOURCE).as_posix().replace('/', '.')}" for path in MODULES]
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            owner = next((m for m in modules if imported.startswith(f"{m}.")), None)
            if owner is None or importer.startswith((f"{owner}.", "gongmai.config", "gongmai.adapters")):
                continue
            if imported.removeprefix(f"{owner}.").split(".")[0] not in BORDER:
                breaches.append(f"{importer} -> {imported}")
    return breaches


def test_modules_are_reached_only_through_their_borders() -> None:
    assert border_breaches(grimp.build_graph("gongmai", cache_dir=None)) == []


def test_the_border_check_finds_a_seeded_breach() -> None:
    graph = grimp.ImportGraph()
    for name in ("gongmai", "gongmai.monitor.filing.actions", "gongmai.core.review.models"):
        graph.add_module(name)
    graph.add_import(importer="gongmai.monitor.filing.actions", imported="gongmai.core.review.models")
    assert border_breaches(graph) == ["gongmai.monitor.filing.actions -> gongmai.core.review.models"]


def test_the_project_names_no_machine_and_no_shared_folder() -> None:
    words = re.compile(r"(?<![a-z.])/(root|home/[a-z]+)/|\.\./shared")
    suffixes = {".py", ".md", ".yaml", ".toml", ".sh", ".html", ".js", ".css", ".csv", ""}
    wrong = [
        path.relative_to(ROOT).as_posix()
        for folder in ("src", "tests", "docs", "scripts", "bench", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix in suffixes
        and "vendor" not in path.parts
        and "__pycache__" not in path.parts
        and path != Path(__file__)
        and words.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert wrong == []

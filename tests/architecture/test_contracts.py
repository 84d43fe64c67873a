"""The import contracts hold, and each of them fails on a seeded violation."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEEDS = {
    "river": ("core/period/rules.py", "from gongmai.monitor.filing import types"),
    "engines": ("core/panel/queries.py", "import duckdb"),
    "pure": ("core/period/rules.py", "import django.conf"),
}


def lint_imports(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """Run one contract over the tree in `folder`."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--contract", contract],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("contract", SEEDS)
def test_a_contract_fails_on_a_seeded_violation(contract: str, tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("static", "templates", "__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert lint_imports(tmp_path, contract).returncode == 0
    file, line = SEEDS[contract]
    path = tmp_path / "src" / "gongmai" / file
    path.write_text(f"{path.read_text() if path.exists() else ''}\n{line}\n")
    result = lint_imports(tmp_path, contract)
    assert result.returncode != 0
    assert "BROKEN" in result.stdout

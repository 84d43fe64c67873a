"""The settings for a real installation pass Django's own check of a deployment."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_deployment_check_finds_nothing(tmp_path: Path) -> None:
    env = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "GONGMAI_DATA": str(tmp_path),
        "GONGMAI_HTTPS": "1",
        "DJANGO_SETTINGS_MODULE": "gongmai.config.settings",
    }
    command = [sys.executable, "-m", "gongmai.manage", "check", "--deploy", "--fail-level", "WARNING"]
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr

"""A city folder, written once."""

from pathlib import Path

import pytest

from gongmai.demo.build import write_city


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folder") / "city"
    write_city(folder)
    return folder

"""The forms of the city, read once from their data files."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

import jsonschema
import yaml

from gongmai.monitor.filing.rules.forms import build_form
from gongmai.monitor.filing.types import FilingError, Form


@lru_cache(maxsize=1)
def items() -> dict[str, dict[str, Any]]:
    """The item dictionary, code -> entry."""
    text = files("gongmai.core.panel").joinpath("data/items.yaml").read_text(encoding="utf-8")
    return {entry["code"]: entry for entry in yaml.safe_load(text)["items"]}


@lru_cache(maxsize=1)
def forms() -> dict[str, Form]:
    """Every form, in the order of its due day; a file that breaks the schema raises ValidationError."""
    folder = files("gongmai.monitor.filing").joinpath("data")
    schema = json.loads(folder.joinpath("form.schema.json").read_text(encoding="utf-8"))
    found = []
    for path in folder.joinpath("forms").iterdir():
        if path.name.endswith(".yaml"):
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            jsonschema.validate(json.loads(json.dumps(data, default=str)), schema)
            found.append(build_form(data, items()))
    return {form.code: form for form in sorted(found, key=lambda form: (form.due_day, form.code))}


def get_form(code: str) -> Form:
    """The form of this code; FilingError `unknown_form` when there is none."""
    try:
        return forms()[code]
    except KeyError:
        raise FilingError("unknown_form", form=code, known=sorted(forms())) from None


@lru_cache(maxsize=1)
def reasons() -> tuple[dict[str, Any], ...]:
    """The reasons that an explanation may begin with: code and label."""
    text = files("gongmai.monitor.filing").joinpath("data/reasons.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text)["reasons"])

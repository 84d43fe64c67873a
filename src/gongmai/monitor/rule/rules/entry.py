"""A rule as the page's boxes say it, and as the catalogue does."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

MAX_EXAMPLES = 20
MAX_EXAMPLE_TEXT = 8192
LABELS = ("label", "message", "advice")
FIRST = ("name", "period", "given", "expect")  # how an example reads
PLAIN = ("form", "table", "severity", "cell", "formula", "suggest", "source")


class BadExamples(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The examples cannot be read. `code` says why: examples_yaml, examples_shape, examples_long."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class _PlainLoader(yaml.SafeLoader):
    """YAML of plain values: no anchors, which can make little text into much data."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("no aliases")
        return super().compose_node(parent, index)


def read_examples(text: str) -> list[dict[str, Any]]:
    """Worked examples from the text of the box; BadExamples where it is none."""
    if len(text.encode()) > MAX_EXAMPLE_TEXT:
        raise BadExamples("examples_long")
    try:
        found = yaml.load(text, Loader=_PlainLoader) or []  # noqa: S506 - a SafeLoader
        json.dumps(found)
    except (yaml.YAMLError, RecursionError, TypeError, ValueError) as error:
        raise BadExamples("examples_yaml", str(error).splitlines()[0][:120]) from None
    if not isinstance(found, list) or len(found) > MAX_EXAMPLES or not all(map(_is_example, found)):
        raise BadExamples("examples_shape")
    return found


def _is_example(value: Any) -> bool:
    if not isinstance(value, dict) or "expect" not in value:
        return False
    given = value.get("given")
    rows = given if isinstance(given, list) else [given]
    return bool(rows) and len(rows) <= 40 and all(isinstance(row, dict) and _plain(row) for row in rows)  # noqa: PLR2004


def _plain(row: Mapping[Any, Any]) -> bool:
    return all(isinstance(k, str) and (v is None or isinstance(v, str | int | float)) for k, v in row.items())


def write_examples(examples: Any) -> str:
    """The text of the box: one line for each example, whatever order a database gives the keys back in."""
    lines = [
        yaml.safe_dump(
            {key: _ordered(each[key]) for key in sorted(each, key=_place)},
            allow_unicode=True,
            default_flow_style=True,
            sort_keys=False,
            width=10_000,
        )
        for each in examples or ()
    ]
    return "".join(f"- {line}" for line in lines)


def _place(key: Any) -> tuple[int, str]:
    return (FIRST.index(key) if key in FIRST else len(FIRST), str(key))


def _ordered(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {key: _ordered(given[key]) for key in sorted(given, key=_place)}
    return [_ordered(each) for each in given] if isinstance(given, list | tuple) else given


def to_entry(boxes: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """The catalogue entry that the boxes say; what they do not show stays as `before` has it.

    Raises BadExamples.
    """
    kept = {key: value for key, value in before.items() if key not in {"code", "valid_from", "valid_to"}}
    entry: dict[str, Any] = {**kept}
    for name in LABELS:
        entry[name] = {
            "zh-Hans": boxes.get(f"{name}_zh", "").strip(),
            "en": boxes.get(f"{name}_en", "").strip(),
        }
    for name in PLAIN:
        if name in boxes:
            entry[name] = boxes[name].strip()
    entry["shown"] = [each for each in boxes.get("shown", "").replace(",", " ").split() if each]
    entry["examples"] = read_examples(boxes.get("examples", ""))
    return {key: value for key, value in entry.items() if value not in ("", None, [])}


def to_boxes(entry: Mapping[str, Any]) -> dict[str, str]:
    """The boxes of a catalogue entry."""
    boxes = {name: str(entry.get(name) or "") for name in PLAIN}
    for name in LABELS:
        label = entry.get(name) or {}
        boxes[f"{name}_zh"], boxes[f"{name}_en"] = label.get("zh-Hans", ""), label.get("en", "")
    boxes["shown"] = " ".join(entry.get("shown", ()))
    boxes["examples"] = write_examples(entry.get("examples", ()))
    return boxes

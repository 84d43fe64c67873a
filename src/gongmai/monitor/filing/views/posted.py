"""What a page of a return sends: edits as JSON while people type, or a whole form where no script runs."""

import json
from collections.abc import Mapping
from typing import Any

from gongmai.monitor.filing.rules.merging import Edit
from gongmai.monitor.filing.types import FilingError

KINDS = ("c.", "l.", "e.")


def read_edits(body: bytes) -> dict[str, Any]:
    """The JSON body of a save: `edits`, the `revision` of the draft that the page knows, the `person`.

    Raises FilingError `not_readable`.
    """
    try:
        data = json.loads(body)
        edits = [Edit(str(each["address"]), each.get("base"), each.get("value")) for each in data["edits"]]
        revision = int(data.get("revision") or 0)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise FilingError("not_readable") from None
    return {"edits": edits, "revision": revision, "person": str(data.get("person") or "")}


def read_form(post: Mapping[str, str], state: Mapping[str, Any], revision: int) -> list[Edit]:
    """The edits of a whole form: its fields against what the page showed.

    The page says what it showed in the field `base`; a form that does not say it counts as having seen the
    draft (`state`), and is refused when its `revision` is an old one. Raises FilingError `stale_draft`,
    `not_readable`.
    """
    seen: Mapping[str, Any] = state
    if post.get("base"):
        try:
            seen = dict(json.loads(post["base"]))
        except (ValueError, TypeError):
            raise FilingError("not_readable") from None
    elif post.get("revision") not in {None, "", str(revision)}:
        raise FilingError("stale_draft", expected=post.get("revision"), found=revision)
    return [
        Edit(name, seen.get(name), text)
        for name, text in post.items()
        if name.startswith(KINDS) and text != (seen.get(name) or "")
    ]

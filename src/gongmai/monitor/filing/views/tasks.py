"""What a firm has to file, and what it filed."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gongmai.core.review import messages as review_messages
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.queries.tasks import WAITING, Left, Status, Task, my_tasks
from gongmai.monitor.filing.rules.openness import WHOLE
from gongmai.monitor.filing.views.fill import period_words

SHOWN = 48
HOUR, MINUTE = 3600, 60


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """The firm's tasks; `show` (a status) and `form` in the address choose among them."""
    found = my_tasks(request.actor)  # type: ignore[attr-defined]
    chosen_form = request.GET.get("form", "")
    forms = {task.form.code: messages.label_of(task.form.label) for task in found}
    if chosen_form in forms:
        found = [task for task in found if task.form.code == chosen_form]
    chosen = request.GET.get("show", "")
    counts = Counter(task.status.value for task in found)
    shown = [task for task in found if chosen not in set(Status) or task.status == chosen]
    context = {
        "waiting": [_row(task) for task in shown if task.status in WAITING],
        "done": [_row(task) for task in shown if task.status not in WAITING][:SHOWN],
        "filters": _filters(chosen, counts),
        "forms": sorted(forms.items()) if len(forms) > 1 else [],
        "form": chosen_form,
        "show": chosen,
    }
    return render(request, "filing/tasks.html", context)


def _filters(chosen: str, counts: Counter[str]) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        Status.OVERDUE.value: _("Overdue"),
        Status.RETURNED.value: _("Returned"),
        Status.DUE.value: _("Due"),
        Status.SUBMITTED.value: _("Filed"),
    }
    return [
        {
            "code": code,
            "label": label,
            "count": counts[code] if code else counts.total(),
            "current": code == chosen,
        }
        for code, label in labels.items()
    ]


def _row(task: Task) -> dict[str, Any]:
    boxes = [(_anchor(box), messages.box_label(box), why) for box, why in task.boxes.items()]
    return {
        "task": task,
        "form": messages.label_of(task.form.label),
        "number": messages.label_of(task.form.header.table_number),
        "state": review_messages.STATE_LABELS[task.state],
        "period": period_words(task.period),
        "left": left_in_words(task.left) if task.left else "",
        "boxes": boxes,
        "first": boxes[0][0] if boxes else "",
    }


def _anchor(box: str) -> str:
    """The place of a box on the page of its return; lines go by the names that a fresh draft gives them."""
    table, dot, rest = box.partition(".")
    if not dot:
        return f"cell-{box}"
    name, _dot, column = rest.rpartition(".")
    return f"cell-{table}" if column == WHOLE else f"cell-{table}.k{name}.{column}"


def left_in_words(left: Left) -> str:
    """The countdown: working days, on the last one hours and minutes."""
    if left.workdays:
        return ngettext("%(days)s working day left", "%(days)s working days left", left.workdays) % {
            "days": left.workdays
        }
    hours, minutes = divmod(left.seconds // MINUTE, HOUR // MINUTE)
    return _("%(hours)s h %(minutes)s min left") % {"hours": hours, "minutes": minutes}

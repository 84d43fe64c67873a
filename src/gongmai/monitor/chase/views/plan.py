"""The plan of chasing: what is in force, what it will do when, new versions, pauses, heads."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongmai.core.access.queries import check_may, may, names_of, people_with_role
from gongmai.core.access.types import Grant, Role, ScopeKind
from gongmai.core.period import clock
from gongmai.core.registry.queries import code_list, labeller, regions_of_units
from gongmai.monitor.chase.actions import plans as actions
from gongmai.monitor.chase.forms import PauseForm, PlanForm, StepFormSet, steps_of
from gongmai.monitor.chase.messages import TO, form_words, offset_words, word
from gongmai.monitor.chase.queries import plans as queries
from gongmai.monitor.chase.types import ChaseError, Step
from gongmai.monitor.filing.queries.calendar import end_of
from gongmai.monitor.filing.queries.forms import forms
from gongmai.ui.reading import whole_number

PREVIEW_SHOWN = 40


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The plans in force, who would get what when, the pauses, the heads."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "return.chase")
    words, today = labeller(), clock.today()
    named, regions = queries.heads(), regions_of_units()
    officers = [(person, grants) for person, grants in people_with_role(Role.COUNTY)]
    names = names_of([person for person, _grants in officers])
    context: dict[str, Any] = {
        "plans": [
            {"form": code, "label": form_words(code), "plan": plan, "steps": _steps(plan.steps)}
            for code in forms()
            if (plan := queries.plan_for(code, today))
        ],
        "coming": [_coming(one) for one in queries.preview(actor) if not one.is_past][:PREVIEW_SHOWN],
        "taken": [_coming(one) for one in queries.preview(actor) if one.taken][-PREVIEW_SHOWN:],
        "history": [
            {"plan": row, "label": form_words(row.form), "steps": _steps(queries.read_steps(row.steps))}
            for row in queries.plan_rows(actor)[:30]
        ],
        "pauses": [{"row": row, "label": form_words(row.form)} for row in queries.open_pauses(actor)],
        "pause_form": PauseForm(),
        "forms": [("", _("All forms")), *((code, form_words(code)) for code in forms())],
        "heads": [
            {
                "unit": entry.code,
                "label": words("unit", entry.code),
                "people": [names[person] for person in named.get(entry.code, ()) if person in names],
                "choices": [
                    (person, names[person], person in named.get(entry.code, ()))
                    for person, grants in officers
                    if any(_reaches(grant, entry.code, regions) for grant in grants)
                ],
            }
            for entry in code_list("unit", on=today)
        ],
        "may_edit": may(actor, "chase.plan"),
    }
    return render(request, "chase/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """A new version of a plan; `try` shows what it would do before it is saved."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "chase.plan")
    given = request.POST if request.method == "POST" else request.GET
    code = given.get("form", "")
    code = code if code in forms() else ""
    today = clock.today()
    context: dict[str, Any] = {"form": code, "label": form_words(code)}
    if request.method == "POST":
        plan_form, steps_form = PlanForm(request.POST), StepFormSet(request.POST, prefix="s")
        is_trial = request.POST.get("what") == "try"
        if is_trial:  # a trial needs no reason yet
            plan_form = PlanForm(initial=request.POST.dict())
        if steps_form.is_valid() and (is_trial or plan_form.is_valid()):
            steps = steps_of(steps_form)
            if is_trial:
                context["preview"] = [
                    _coming(one) for one in queries.preview(actor, code, steps) if not one.is_past
                ][:PREVIEW_SHOWN]
            else:
                try:
                    actions.set_plan(actor, code, steps=steps, **plan_form.cleaned_data)
                except ChaseError as error:
                    plan_form.add_error(None, word(error))
                else:
                    toasts.success(request, _("The plan was saved."))
                    return redirect("chase:plan")
    else:
        plan = queries.plan_for(code or next(iter(forms())), today)
        start = [
            {"offset": step.offset, "at": step.at, "to": [to.value for to in step.to]} for step in plan.steps
        ]
        plan_form = PlanForm(initial={"valid_from": today})
        steps_form = StepFormSet(initial=start, prefix="s")
    context |= {"plan_form": plan_form, "steps": steps_form}
    return render(
        request,
        "chase/edit_plan.html",
        context,
        status=422 if plan_form.errors or any(steps_form.errors) else 200,
    )


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Pause reminders by plan, or with `resume` end a pause."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "chase.plan")
    if (number := whole_number(request.POST.get("resume"))) is not None:
        actions.resume(actor, number)
        toasts.success(request, _("Reminders go out again."))
        return redirect("chase:plan")
    form = PauseForm(request.POST)
    if not form.is_valid():
        toasts.error(request, _("Say why in a few words."))
        return redirect("chase:plan")
    until = form.cleaned_data["until"]
    try:
        actions.pause(
            actor,
            request.POST.get("form", ""),
            until=end_of(until) if until else None,
            reason=form.cleaned_data["reason"],
        )
        toasts.success(request, _("Reminders by plan are paused."))
    except ChaseError as error:
        toasts.error(request, word(error))
    return redirect("chase:plan")


@require_POST
def heads(request: HttpRequest) -> HttpResponse:
    """Name the heads of a unit."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "chase.plan")
    people = [number for text in request.POST.getlist("person") if (number := whole_number(text)) is not None]
    try:
        actions.set_heads(actor, request.POST.get("unit", "")[:20], people)
        toasts.success(request, _("Saved."))
    except ChaseError as error:
        toasts.error(request, word(error))
    return redirect(reverse("chase:plan") + "#heads")


def _reaches(grant: Grant, unit: str, regions: Mapping[str, set[str]]) -> bool:
    """Whether a county officer's grant covers firms of a unit."""
    return grant.value == unit if grant.kind is ScopeKind.UNIT else grant.value in regions.get(unit, ())


def _steps(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    return [
        {"when": offset_words(step.offset), "at": f"{step.at:%H:%M}", "to": [TO[to] for to in step.to]}
        for step in sorted(steps)
    ]


def _coming(one: queries.Coming) -> dict[str, Any]:
    return {
        "at": one.moment.at,
        "due": timezone.localtime(one.due.due_at),
        "label": form_words(one.due.form),
        "period": str(one.due.period),
        "when": offset_words(one.moment.step.offset),
        "to": [TO[to] for to in one.moment.step.to],
        "taken": [TO[to] for to in one.taken],
        "missing": one.due.missing,
    }

"""Findings and refusals in the reader's words."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as note

from gongmai.core.registry import queries as registry
from gongmai.core.review import messages as review_messages
from gongmai.core.review.types import Level
from gongmai.monitor.filing.queries.audits import audits_by_code
from gongmai.monitor.filing.queries.forms import forms, items
from gongmai.monitor.filing.rules.suspicion import Reason
from gongmai.monitor.filing.types import FilingError, Label, Lock, Verdicts
from gongmai.ui.templatetags.display import signed

# code: (what is wrong, what to do)
WORDS: dict[str, tuple[str, str]] = {
    "not_a_number": (note("“%(text)s” is not a number."), note("Type digits only.")),
    "unit_in_number": (
        note("“%(text)s” holds more than a number."),
        note("Type the number in the unit of the column, without the unit."),
    ),
    "bad_grouping": (
        note("The commas in “%(text)s” do not group thousands."),
        note("Leave the commas out."),
    ),
    "too_many_decimals": (
        note("“%(text)s” has more decimal places than the box takes."),
        note("Round it to the places that the form asks for."),
    ),
    "number_too_large": (note("“%(text)s” is too large."), note("Check the unit.")),
    "unknown_choice": (note("“%(text)s” is not one of the choices."), note("Pick one from the list.")),
    "text_too_long": (note("The text is too long."), note("Shorten it to 2,000 characters.")),
    "unknown_cell": (note("The form has no open box “%(key)s” in this period."), note("Leave it out.")),
    "unknown_table": (note("The form has no table “%(table)s”."), note("Leave it out.")),
    "too_many_lines": (
        note("There are more than %(limit)s lines."),
        note("Leave out lines without figures."),
    ),
    "too_many_edits": (note("There are more than %(limit)s changes at once."), note("Send them in parts.")),
    "not_readable": (note("What the page sent cannot be read."), note("Load the page anew.")),
    "another_person": (
        note("Somebody else has signed in here meanwhile."),
        note("Sign in as yourself and go on."),
    ),
    "not_confirmed": (
        note("The figure was filled in from last period and is not confirmed."),
        note("Confirm it, or type over it."),
    ),
    "too_many_explanations": (note("There are more than %(limit)s explanations."), ""),
    "line_without_key": (note("A line does not say what it is about."), note("Pick an entry from the list.")),
    "line_twice": (note("The same entry stands on two lines."), note("Bring them together on one line.")),
    "line_without_head": (
        note("There are lines for a firm that the main file lacks."),
        note("Add the firm to the main file, or leave its lines out."),
    ),
    "unknown_code": (note("The code is not on the list."), note("Pick an entry from the list.")),
    "unknown_firm": (note("No firm has this credit code."), note("Check the code, or add the firm first.")),
    "not_on_roster": (
        note("The firm is not on the roster in this period."),
        note("Leave the firm out, or correct the roster."),
    ),
    "firm_twice": (note("The firm stands in the file twice."), note("Keep one row.")),
    "no_such_month": (
        note("January-February has no month of its own."),
        note("Leave the month columns empty; give the cumulative figures."),
    ),
    "roll_up_differs": (
        note("The figure differs from what the lines add up to."),
        note("Correct the lines, or leave the computed column out."),
    ),
    "unknown_column": (note("The form has no such column."), note("Rename or remove the column.")),
    "missing_column": (note("A column is missing."), note("Add the column.")),
    "bad_file_name": (
        note("The file name does not say form and period."),
        note("Name it like monthly.2022-12.csv."),
    ),
    "filed_by_firm": (
        note("The firm has filed or begun this return itself; its figures are not overwritten."),
        note("Leave the firm out, and send the return back with a reason where a figure is wrong."),
    ),
    "file_twice": (note("The table is there as CSV and as workbook."), note("Keep one of them.")),
    "bad_period": (
        note("This is not a reporting period."),
        note("Write it as 2022-12; months run from 02 to 12."),
    ),
    "unknown_state": (
        note("This is not a state of a return."),
        note("See the documentation of the city folder."),
    ),
    "bad_time": (note("This is not a time."), note("Write it as 2023-07-05T10:00:00+08:00.")),
    "time_without_zone": (note("The time has no zone."), note("Add the zone, such as +08:00.")),
    "reason_missing": (note("The reason is missing or too short."), note("Say why in a few words.")),
    # workbooks
    "file_refused": (note("The file was not read: %(text)s"), ""),
    "unit_changed": (
        note("“%(text)s” stands where the form prints “%(unit)s”."),
        note("Put the printed unit back and give the figures of this row in it."),
    ),
    "row_missing": (
        note("The row of this item is missing in the workbook."),
        note("Take the form again and fill it in, or type the figure on the page."),
    ),
    "box_absent": (
        note("“%(text)s” stands in a box that does not exist in this period."),
        note("January-February has only cumulative figures. Clear the box."),
    ),
    "kind_missing": (note("A line does not say what it is about."), note("Pick an entry from the list.")),
    "kind_unknown": (note("The code is not on the list."), note("Pick an entry from the list.")),
    "workbook_other_form": (
        note("This workbook is of another form."),
        note("Take the form of this return and fill it in."),
    ),
    "workbook_other_period": (
        note("This workbook is of another period than %(wanted)s."),
        note("Take the form of this period and fill it in."),
    ),
    "workbook_other_firm": (
        note("This workbook is of another firm."),
        note("Check the credit code on it, or take the form again."),
    ),
    "workbook_not_ours": (
        note("The table “%(page)s” was not found in the workbook."),
        note("Take the form again and copy your figures into it."),
    ),
    "page_missing": (
        note("The sheet “%(page)s” is missing in the workbook."),
        note("Take the form again, or keep what is good: the table stays as it is in the draft."),
    ),
    "column_missing": (
        note("Column %(number)s of “%(page)s” is missing in the workbook."),
        note("Put the column back with its number, or keep what is good: its figures stay as they are."),
    ),
    "date_in_number": (
        note("“%(text)s” is a date where a figure belongs."),
        note("Format the cell as a number and type the figure again."),
    ),
    "other_layout": (note("The workbook is of another version of the layout; it was read all the same."), ""),
    "sheet_renamed": (note("The sheet “%(found)s” was taken for “%(page)s”."), ""),
    "columns_moved": (note("The columns of “%(page)s” were moved; each was known by its number."), ""),
    "page_left": (note("The file has no table “%(page)s”: it stays as it is in the draft."), ""),
    "group_not_ours": (
        note("No sheet of the file has the codes of this form."),
        note("Download the group file and fill it in; keep the row of codes under the headers."),
    ),
    "foreign_firm": (
        note("You do not file for this firm."),
        note("Take its rows out, or ask for the firm to be added to your account."),
    ),
    "upload_gone": (
        note("This upload is not waiting any more."),
        note("Uploads are kept for a day; upload the file again."),
    ),
    "upload_has_errors": (
        note("Something in the file cannot be taken, so nothing of it was."),
        note("Correct the file and upload it again, or keep what is good."),
    ),
    # refusals
    "unknown_form": (note("There is no such form."), note("Known forms: %(known)s.")),
    "no_such_return": (note("There is no such return."), ""),
    "which_firm": (note("You file for several firms: add the credit_code of one of them."), ""),
    "no_such_revision": (note("There is no such request."), ""),
    "not_open": (note("The return is not with the firm; it cannot be changed now."), ""),
    "not_your_level": (note("This step belongs to another level: %(level)s."), ""),
    "not_your_firm": (note("The enterprise is outside your area."), ""),
    "period_closed": (
        note("The period is closed: returns older than %(months)s months are not reopened."),
        note("Propose an adjustment instead."),
    ),
    "verdicts_missing": (
        note("%(count)s explanations are not judged yet."),
        note("Accept each, or call it doubtful or wrong."),
    ),
    "text_missing": (note("Write something first."), ""),
    "no_such_thread": (note("There is no such thread."), ""),
    "too_many_flags": (note("More than %(limit)s marks: take some away first."), ""),
    "not_at_your_level": (
        note("The return is not with your level now; its explanations cannot be judged."),
        "",
    ),
    "no_such_finding": (note("The version submitted last has no such finding."), ""),
    "not_approved": (note("Only an approved figure can be adjusted; send the return back instead."), ""),
    "already_adjusted": (note("This figure is adjusted already; remove that adjustment first."), ""),
    "no_such_adjustment": (note("There is no such adjustment."), ""),
    "bad_deadline": (note("The day %(day)s has passed."), note("Name a day from today on.")),
    "box_closed": (
        note("Only the figures that were sent back can be changed; this one stays as it was filed."),
        note("If it is wrong too, write to the officer beside the figure and ask for it to be opened."),
    ),
    "stale_draft": (
        note("The return was changed elsewhere in the meantime."),
        note("Load the page anew and look again."),
    ),
    "blocking_findings": (note("Some figures must be corrected before the return can be submitted."), ""),
    "explanations_missing": (
        note("Some findings need an explanation before the return can be submitted."),
        "",
    ),
    "key_reused": (
        note("This idempotency key came before with another content."),
        note("Use a new key for a new content."),
    ),
    "key_missing": (
        note("The header Idempotency-Key is missing or shorter than %(minimum)s characters."),
        note("Give each submission a key of its own and repeat it when the answer got lost."),
    ),
    "form_not_in_force": (
        note(
            "The form “%(label)s” (%(table_number)s, %(authority)s, approved by %(approved_by)s, "
            "%(document_number)s) is valid from %(valid_from)s to %(valid_to)s and cannot be filled in now."
        ),
        "",
    ),
    "not_a_base": (note("Only a base figure can be revised."), ""),
    "not_locked": (note("This base is not locked; type the right figure."), ""),
    "already_asked": (note("A request for this figure is waiting for the city."), ""),
    "extension_reason": (
        note("The reason is missing or too short."),
        note("Say why in a few words; the firm is shown it."),
    ),
    "extension_mixed": (note("These returns are of different forms or periods."), note("Choose one form.")),
    "extension_filed": (
        note("%(firm)s has filed; its deadline is not moved any more."),
        note("Leave it out."),
    ),
    "extension_not_later": (note("The deadline of %(firm)s is not earlier than that day."), ""),
    "extension_past": (note("That day has passed."), note("Name a day from today on.")),
    "extension_beyond": (
        note("You may move the deadline to %(last)s at the latest."),
        note("Name an earlier day, or ask the city."),
    ),
    "no_such_extension": (note("There is no such extension in force."), ""),
    "extension_superseded": (
        note("The deadline of %(firm)s was moved again since."),
        note("Take the later one back first."),
    ),
    "extension_used": (
        note("%(firm)s has filed by the moved deadline; taking it back would make the return late."),
        "",
    ),
    "not_an_officers_move": (note("An officer cannot submit for a firm."), ""),
}


VERDICT_LABELS = {
    Verdicts.ACCEPTED: gettext_lazy("Accepted"),
    Verdicts.DOUBTFUL: gettext_lazy("Doubtful"),
    Verdicts.WRONG: gettext_lazy("Wrong"),
}


def word_lock(lock: Lock) -> str:
    """What stands against a move, in the reader's language."""
    if lock.code in review_messages.REFUSALS:
        return review_messages.word_code(lock.code, lock.params)
    level = lock.params.get("level")
    named = {"level": str(review_messages.LEVEL_LABELS[Level(level)])} if level else {}
    return word(lock.code, {**lock.params, **named})


def word_code(code: str) -> str:
    """What stands against a move whose parameters are not at hand, in the reader's language."""
    if code == "move_not_open":
        return _("Its state does not allow this step.")
    return _("You have no right to do this.") if code == "not_your_level" else word_lock(Lock(code))


def label_of(label: Label) -> str:
    """A label in the reader's language."""
    return label["en"] if (get_language() or "").startswith("en") else label["zh-Hans"]


def cell_label(key: str, table: str = "") -> str:
    """A box in words: the item and which of its figures."""
    if key == "credit_code":
        return _("Credit code")
    code, _sep, suffix = key.partition("__")
    columns = {
        column.code: column.label
        for form in forms().values()
        for each in form.tables
        if each.code == table
        for column in each.columns
    }
    label = columns.get(code) or (items()[code]["label"] if code in items() else None)
    name = label_of(label) if label else _table_label(key)
    part = {"ytd": _("cumulative"), "base": _("base"), "ytd_base": _("cumulative base")}.get(suffix)
    return f"{name} · {part}" if part else name


def box_label(box: str) -> str:
    """A box as the review names it: a head cell, a box of a line (`table.entry.column`), or a whole table."""
    table, dot, rest = box.partition(".")
    if not dot:
        return cell_label(box)
    name, _dot, column = rest.rpartition(".")
    if not name:
        return _table_label(table)
    lists = {each.code: each.key_list for form in forms().values() for each in form.tables}
    entry = registry.label_of(lists[table], name) if table in lists else name
    return f"{entry or name} · {cell_label(column, table)}"


def _table_label(key: str) -> str:
    for form in forms().values():
        for table in form.tables:
            if key == table.code:
                return label_of(table.label)
    return key


def shown_label(key: str, table: str = "") -> str:
    """A figure that a finding shows: a box, last period's box, or a locked base."""
    if key.startswith("prev:"):
        return _("last period's %(cell)s") % {"cell": cell_label(key.removeprefix("prev:"), table)}
    if key.endswith("_locked"):
        cell = key.removesuffix("_locked").replace("_ytd", "__ytd")
        return _("%(cell)s as filed a year ago") % {"cell": cell_label(cell, table)}
    return cell_label(key, table)


def word(rule: str, params: Mapping[str, Any] | None = None) -> str:
    """What a finding says."""
    audit = audits_by_code().get(rule)
    if audit is not None:
        return label_of(audit.message)
    text = WORDS.get(rule, (rule, ""))[0]
    return _fill(text, params or {})


def advise(rule: str, params: Mapping[str, Any] | None = None) -> str:
    """What to do about it."""
    audit = audits_by_code().get(rule)
    if audit is not None:
        return label_of(audit.advice)
    text = WORDS.get(rule, ("", ""))[1]
    return _fill(text, params or {}) if text else ""


WITNESSES: dict[str, str] = {
    "output": note("output"),
    "electricity": note("electricity"),
    "revenue": note("revenue"),
    "tax": note("taxes payable"),
    "workforce": note("headcount"),
    "energy": note("energy consumption"),
}


def word_witness(witness: str, growth: float | None) -> str:
    """A growth as said of a firm: “electricity -12%”."""
    return f"{_(WITNESSES[witness])} {signed(growth, 0)}"


def word_reason(reason: Reason) -> str:
    """Why a return deserves a look, in one line."""
    params = reason.params
    if reason.code == "finding":
        return (
            label_of(audit.label) if (audit := audits_by_code().get(params["rule"])) else word(params["rule"])
        )
    if reason.code == "evidence":
        said = _(", ").join(word_witness(*each) for each in [("output", params["output"]), *params["parts"]])
        text = _("Evidence contradicts (%(score)s points): %(said)s")
        return text % {"score": params["score"], "said": said}
    usual = (params.get("centre") or params.get("typical") or 1) - 1
    values = {"item": cell_label(params["item"]), "distance": f"{params['distance']:+.1f}"}
    values |= {"members": str(params.get("members")), "usual": signed(usual)}
    if reason.code == "hb":
        text = _(
            "%(item)s: growth is %(distance)s quartile distances from %(members)s comparable firms "
            "(%(usual)s)"
        )
    else:
        text = _(
            "%(item)s: growth is %(distance)s deviations from the firm's own history (usually %(usual)s)"
        )
    return text % values


def word_error(error: FilingError) -> str:
    """A refusal in words."""
    return word(error.code, error.params)


def _fill(text: str, params: Mapping[str, Any]) -> str:
    """The translated text with its parameters; missing ones leave a blank rather than an error."""
    values = {
        key: label_of(value)
        if isinstance(value, Mapping)
        else ", ".join(value)
        if isinstance(value, list)
        else value
        for key, value in params.items()
    }
    return _(text) % defaultdict(lambda: "…", values)

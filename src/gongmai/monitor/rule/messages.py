"""Words of the rules' pages: states, refusals, findings of the editor."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongmai.core.formula.messages import MESSAGES
from gongmai.core.formula.messages import word as word_formula
from gongmai.core.formula.types import Finding, VersionRefused, VersionState
from gongmai.monitor.filing.messages import WITNESSES, word_witness
from gongmai.monitor.filing.rules.contradiction import Contradiction
from gongmai.monitor.rule.rules.entry import MAX_EXAMPLE_TEXT, MAX_EXAMPLES, BadExamples

STATES: dict[str, str | Promise] = {
    VersionState.DRAFT.value: gettext_lazy("Draft"),
    VersionState.PROPOSED.value: gettext_lazy("Waits for approval"),
    VersionState.APPROVED.value: gettext_lazy("In the catalogue"),
    VersionState.REJECTED.value: gettext_lazy("Rejected"),
    VersionState.WITHDRAWN.value: gettext_lazy("Withdrawn"),
}
SEVERITIES: dict[str, str | Promise] = {
    "blocking": gettext_lazy("Mandatory"),
    "explanatory": gettext_lazy("To be explained"),
}
KINDS: dict[str, str | Promise] = {
    "R": gettext_lazy("Required figures"),
    "H": gettext_lazy("Logical relations"),
    "V": gettext_lazy("Plausibility"),
}
FIELDS: dict[str, str | Promise] = {
    "label": gettext_lazy("Name of the rule"),
    "message": gettext_lazy("Message"),
    "advice": gettext_lazy("Advice"),
    "severity": gettext_lazy("Severity"),
    "cell": gettext_lazy("Points at"),
    "shown": gettext_lazy("Shows"),
    "formula": gettext_lazy("Formula (true when the rule is broken)"),
    "suggest": gettext_lazy("Suggested value"),
    "source": gettext_lazy("Source"),
    "examples": gettext_lazy("Worked examples"),
    "value": gettext_lazy("Value"),
}
_OWN: dict[str, str | Promise] = {
    "example_missing": gettext_lazy("Give at least one worked example in which the rule fires."),
    "unknown_form": gettext_lazy("There is no form “{form}”."),
    "unknown_severity": gettext_lazy("Choose whether the rule is mandatory or to be explained."),
    "unknown_cell": gettext_lazy("The form has no figure “{cell}” that a finding could point at."),
    "no_label": gettext_lazy("Name, message and advice are needed in Chinese and English."),
}
_REFUSED: dict[str, str | Promise] = {
    "step_not_open": gettext_lazy("This step is not open any more."),
    "not_author": gettext_lazy("Only the author changes, proposes or withdraws a version."),
    "four_eyes": gettext_lazy("Four eyes: whoever wrote a version cannot approve or reject it."),
    "reason_missing": gettext_lazy("Say why, in at least %(minimum)s characters."),
    "no_date": gettext_lazy("Give the day from which the version is in force."),
    "too_early": gettext_lazy(
        "A version cannot begin before %(earliest)s: earlier returns were judged by the former one."
    ),
    "invalid": gettext_lazy("The version does not check."),
    "stale": gettext_lazy("Somebody changed this version in the meantime. Load the page anew."),
    "no_such_version": gettext_lazy("There is no such version."),
    "no_such_rule": gettext_lazy("There is no such rule."),
    "other_rule": gettext_lazy("The draft belongs to another rule."),
}
_EXAMPLES: dict[str, str | Promise] = {
    "examples_yaml": gettext_lazy("The examples cannot be read: %(detail)s"),
    "examples_shape": gettext_lazy(
        "Each example has name, given (one row or a list of rows) and expect; at most %(most)s examples."
    ),
    "examples_long": gettext_lazy("The examples are longer than %(bytes)s bytes."),
}


def word_finding(finding: Finding) -> str:
    """A finding of the checks in words."""
    if finding.code in _OWN:
        return str(_OWN[finding.code]).format(**{str(k): v for k, v in finding.params.items()})
    return word_formula(finding) if finding.code in MESSAGES else finding.code


def word_examples(error: BadExamples) -> str:
    """Why the examples cannot be read."""
    values = {"detail": error.detail, "most": MAX_EXAMPLES, "bytes": MAX_EXAMPLE_TEXT}
    return str(_EXAMPLES[error.code]) % values


def word_refused(error: VersionRefused) -> str:
    """Why a step is refused, with what does not check."""
    text = str(_REFUSED[error.code]) % error.params
    return " ".join([text, *(word_finding(each) for each in error.findings)])


def kind_label(code: str) -> str:
    """The family of a rule, by the letter of its code."""
    return str(KINDS.get(code[:1], _("Others")))


def as_shown(finding: Finding) -> dict[str, Any]:
    """A finding for the page and for the editor's answer."""
    return {"text": word_finding(finding), "position": finding.position, "code": finding.code}


def evidence_words(found: Contradiction) -> dict[str, Any]:
    """A contradiction in words: the growths, each witness with its points, who is silent."""
    said = [word_witness("output", found.output)]
    said += [word_witness(part.witness, part.growth) for part in found.parts if part.points > 0]
    return {
        "score": round(found.score),
        "said": _(", ").join(said),
        "known": found.known,
        "parts": [
            {"witness": _(WITNESSES[part.witness]), "growth": part.growth, "points": round(part.points, 1)}
            for part in found.parts
        ],
        "missing": _(", ").join(_(WITNESSES[name]) for name in found.missing),
    }

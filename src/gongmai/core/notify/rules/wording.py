"""Wording a notice: ``{field}`` is replaced by the field's text, and nothing else happens.

No attribute, index, conversion or format is read from a template: a template is data that an operator may
write, and must not become a program. Braces that do not enclose a plain field name stay as they are.
"""

import re
from collections.abc import Mapping
from datetime import date

from gongmai.core.notify.types import LANGUAGES, Field, Kind, NotifyError, Template, Wording

_SLOT = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
MAX_FIELD = 500


def slots(text: str) -> list[str]:
    """The field names that a template asks for, in order."""
    return _SLOT.findall(text)


def unknown_slots(template: Template) -> list[str]:
    """The names that the template uses without declaring them."""
    used = [
        name for texts in (template.subject, template.body) for text in texts.values() for name in slots(text)
    ]
    return sorted({name for name in used if name not in template.fields})


def template_of(kind: Kind, day: date) -> Template:
    """The wording in force on a day. Raises NotifyError `no_template`."""
    for template in reversed(kind.templates):
        if template.in_force(day):
            return template
    raise NotifyError("no_template", kind=kind.code)


def word(template: Template, fields: Mapping[str, Field]) -> Wording:
    """The notice in each language. A declared field not given is empty; an undeclared one is ignored."""
    return Wording(
        {
            language: one_line(_fill(template, template.subject[language], fields, language))
            for language in LANGUAGES
        },
        {
            language: _fill(template, template.body[language], fields, language).strip()
            for language in LANGUAGES
        },
    )


def one_line(text: str) -> str:
    """A text without line breaks, for subjects."""
    return " ".join(text.split())


def clean(value: Field, language: str) -> str:
    """The text of a field in a language: no control characters, of bounded length."""
    if isinstance(value, Mapping):
        value = value.get(language) or next(iter(value.values()), "")
    return _CONTROL.sub("", str(value))[:MAX_FIELD]


def _fill(template: Template, text: str, fields: Mapping[str, Field], language: str) -> str:
    def put(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in template.fields:
            return found.group(0)
        return clean(fields.get(name, ""), language)

    return _SLOT.sub(put, text)

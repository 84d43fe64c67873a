"""Kinds of notices, channels, posts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

LANGUAGES = ("zh-Hans", "en")
Label = Mapping[str, str]
# a field of a template: one text for all, or one for each language
Field = str | int | Label


class Channel(StrEnum):
    """A way to a person. The inbox is always used; the others are chosen."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class Robot(StrEnum):
    """The formats in which a webhook is called."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Template:
    """The wording of a kind between two dates; `fields` are all that it may name."""

    valid_from: date
    valid_to: date | None
    fields: tuple[str, ...]
    subject: Label
    body: Label

    def in_force(self, day: date) -> bool:
        """Whether the wording holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice. `urgent` ones are sent in quiet hours too and never wait for a digest.

    `roles`: who is ever told of it (empty: all); others need not choose.
    """

    code: str
    label: Label
    group: Label
    channels: tuple[Channel, ...]
    urgent: bool
    templates: tuple[Template, ...]
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Post:
    """What is to be told. With the same `key` a person is told once; `link` is a local address."""

    key: str
    kind: str
    fields: Mapping[str, Field]
    link: str = ""
    object_kind: str = ""
    object_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """A notice in words, by language."""

    subject: Mapping[str, str]
    body: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day in which nothing is sent (may pass midnight), and the hour of a daily digest."""

    start: time | None = None
    end: time | None = None
    digest_at: time | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as a message outside carries it. `url` is absolute, or empty."""

    key: str
    kind: str
    subject: str
    body: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request to a webhook, ready to be sent."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a webhook answered; the body is cut at the limit."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: what to resolve, and what to ask of it. `is_listed`: the operator vouches for it."""

    scheme: str
    host: str
    port: int
    path: str
    is_listed: bool


class NotifyError(Exception):
    """Refused. `code` and `params` say why; messages.py words it."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class SendFailed(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """A message was not taken; the outbox tries again."""

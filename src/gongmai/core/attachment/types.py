"""Kinds of files, limits, what an owner answers, why a file is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its suffixes, how its content begins, what an archive of the kind must hold."""

    code: str
    suffixes: tuple[str, ...]
    media: str
    label: Mapping[str, str]
    begins: tuple[bytes, ...] = ()
    holds: tuple[str, ...] = ()
    text: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much may be attached. Sizes in bytes, a picture in pixels."""

    file_bytes: int
    object_files: int
    object_bytes: int
    owner_bytes: int
    pixels: int
    side: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The kinds and the allowance in force on a day."""

    kinds: tuple[FileKind, ...]
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class Place:
    """What an owner answers about an object: whose it is, which side the actor is on, what is open.

    `closed` is the code of what stands against adding and removing, empty where nothing does. `topics` are
    the things on the object that a file can speak for: code -> words.
    """

    enterprise_id: int
    is_office: bool
    closed: str = ""
    title: str = ""
    topics: Mapping[str, str] = field(default_factory=dict)


class AttachmentRefused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """A file that is not taken. `code` and `params` are worded by messages.word_refusal."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, str | int] = params

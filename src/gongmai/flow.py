"""The journey of a fact. Read top to bottom; nothing else is wired elsewhere."""

from gongmai.core.outbox.types import Flow

FLOW: Flow = ()

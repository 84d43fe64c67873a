"""The journey of a fact. Read top to bottom; nothing else is wired elsewhere."""

from gongmai.core.outbox.types import Flow
from gongmai.core.panel.tasks import admit, follow_roster
from gongmai.core.registry.events import RosterChanged
from gongmai.monitor.filing.events import Approved

FLOW: Flow = (
    # a return passed by the city enters the panel: a new vintage
    (Approved, admit),
    # the roster or its attributes changed: the periods concerned are published again
    (RosterChanged, follow_roster),
)

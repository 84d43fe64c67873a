"""The journey of a fact. Read top to bottom; nothing else is wired elsewhere."""

from gongmai.core.access.events import FactorReset, NewDevice
from gongmai.core.attachment.tasks import sweep
from gongmai.core.notify.events import ParcelReady
from gongmai.core.notify.tasks import pack_and_tell, send, tell_factor_reset, tell_new_device
from gongmai.core.outbox.types import Flow, Ticks
from gongmai.core.panel.events import Published
from gongmai.core.panel.tasks import admit, follow_adjustments, follow_roster
from gongmai.core.personal.tasks import forget_old
from gongmai.core.registry.events import RosterChanged
from gongmai.monitor.chase.tasks import (
    chase_by_plan,
    tell_approved,
    tell_base_decided,
    tell_commented,
    tell_extended,
    tell_imported,
    tell_late,
    tell_returned,
    tell_unextended,
)
from gongmai.monitor.filing.events import (
    Adjusted,
    Approved,
    BaseDecided,
    Commented,
    Extended,
    Imported,
    Returned,
    SubmittedLate,
    Unextended,
)
from gongmai.monitor.indicator.tasks import prepare_disclosure
from gongmai.monitor.outlook.tasks import forecast_at_night
from gongmai.monitor.warning.events import Assigned, Evaluated, Moved
from gongmai.monitor.warning.tasks import tell_assigned, tell_evaluated, tell_moved, watch

FLOW: Flow = (
    # a return passed by the city enters the panel: a new vintage
    (Approved, admit),
    # the roster or its attributes changed: the periods concerned are published again
    (RosterChanged, follow_roster),
    # the city laid an adjustment over a figure, or took one away: the adjusted layer is published again
    (Adjusted, follow_adjustments),
    # a vintage came into force: what readers outside the bureau may see of it is found before they look
    (Published, prepare_disclosure),
    # people are told what happened to their returns
    (Returned, tell_returned),
    (Approved, tell_approved),
    (SubmittedLate, tell_late),
    (Extended, tell_extended),
    (Unextended, tell_unextended),
    (Commented, tell_commented),
    (BaseDecided, tell_base_decided),
    (Imported, tell_imported),
    # and what happened to their accounts
    (NewDevice, tell_new_device),
    (FactorReset, tell_factor_reset),
    # warnings were found, assigned, answered or escalated: who has to act is told
    (Evaluated, tell_evaluated),
    (Assigned, tell_assigned),
    (Moved, tell_moved),
    # what leaves the house leaves once, and is tried again
    (ParcelReady, send),
)

# what the worker does every so many seconds, besides delivering
TICKS: Ticks = (
    # reminders whose hour has come, by the plan of chasing
    (30.0, chase_by_plan),
    # after a publication of the newest period, however many came in a row, early warnings are looked for once
    (60.0, watch),
    # notices whose hour has come are packed; failures are told
    (5.0, pack_and_tell),
    # at night the items of which a newer vintage was published are forecast, one at a time
    (300.0, forecast_at_night),
    # what its time is over is forgotten, contents that no row names are swept up
    (24 * 3600.0, forget_old),
    (24 * 3600.0, sweep),
)

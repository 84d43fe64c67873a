"""When a notice may leave: after the quiet hours, with the digest, or at once."""

from datetime import datetime, time, timedelta

from gongmai.core.notify.types import Quiet

# so that what one move of work brings about leaves as one message
GATHER = timedelta(seconds=60)


def is_quiet(moment: time, quiet: Quiet) -> bool:
    """Whether a time of day lies in the quiet hours; equal ends mean none."""
    if quiet.start is None or quiet.end is None or quiet.start == quiet.end:
        return False
    if quiet.start < quiet.end:
        return quiet.start <= moment < quiet.end
    return moment >= quiet.start or moment < quiet.end


def send_at(now: datetime, quiet: Quiet, *, urgent: bool = False) -> datetime:
    """When a notice that arises at `now` (in the city's time zone) is sent; never before `now`."""
    if urgent:
        return now
    moment = now + GATHER
    if quiet.digest_at is not None:
        moment = _next(moment, quiet.digest_at)
    if quiet.end is not None and is_quiet(moment.time(), quiet):
        moment = _next(moment, quiet.end)
    return moment


def _next(moment: datetime, at: time) -> datetime:
    candidate = moment.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return candidate if candidate >= moment else candidate + timedelta(days=1)

"""Which notices make no sense any more, asked by notify just before it sends."""

from collections.abc import Collection

from gongmai.monitor.chase.types import FIRM_KIND
from gongmai.monitor.filing.queries.outstanding import filed_of
from gongmai.monitor.filing.types import KIND as RETURN


class FiledMeanwhile:
    """Fills `core.notify.ports.MootCheck`: who has filed is not reminded."""

    def moot(self, kind: str, object_kind: str, object_ids: Collection[int]) -> set[int]:
        """Of reminders to firms, the returns that were filed meanwhile; of other notices none."""
        return filed_of(object_ids) if kind == FIRM_KIND and object_kind == RETURN else set()

"""Files attached to a return: who may add them, and which findings they can speak for."""

from collections.abc import Mapping

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor
from gongmai.core.attachment.types import Place
from gongmai.core.period.types import Period
from gongmai.core.review.types import State
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.actions.drafts import OPEN, lock_return
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.returns import find_return
from gongmai.monitor.filing.queries.working import check_content, findings_of, latest_version, working_draft
from gongmai.monitor.filing.types import FilingError, Finding, Severity

LONGEST = 90


class ReturnVouchers:
    """Fills `core.attachment.ports.Owner` for returns.

    The firm adds vouchers while the return is with it; officers add papers of their own at any time.
    """

    def place(self, actor: Actor, object_id: int, *, lock: bool = False) -> Place:
        """The return as the actor reaches it; LookupError when there is none."""
        try:
            filing = lock_return(object_id) if lock else find_return(actor, object_id)
        except FilingError as error:
            raise LookupError(object_id) from error
        check_reach(actor, "return.view", filing.enterprise)
        is_office = actor.enterprise_id != filing.enterprise_id
        is_open = State(filing.state) in OPEN
        return Place(
            enterprise_id=filing.enterprise_id,
            is_office=is_office,
            closed="" if is_office or is_open else "not_open",
            title=f"{filing.enterprise.name} {Period.from_key(filing.period)}",
            topics={} if lock else _topics(filing, is_working=is_open and not is_office),
        )


def _topics(filing: Return, *, is_working: bool) -> Mapping[str, str]:
    """The findings that ask for an explanation, of the draft or of what was submitted."""
    if is_working:
        _content, findings = check_content(filing, working_draft(filing))
    else:
        version = latest_version(filing)
        findings = findings_of(version) if version else []
    return {each.key: _words(each) for each in findings if each.severity is not Severity.BLOCKING}


def _words(finding: Finding) -> str:
    text = (
        f"{messages.cell_label(finding.cell, finding.table)}: {messages.word(finding.rule, finding.params)}"
    )
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\u2026"

"""Words that several pages of filing use: refusals, and what the sheet says without asking the server."""

from django.utils.translation import gettext as _

from gongmai.core.review import messages as review_messages
from gongmai.core.review.types import Refused
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.types import FilingError


def in_words(error: FilingError | Refused) -> str:
    """A refusal in the reader's language."""
    return review_messages.word(error) if isinstance(error, Refused) else messages.word_error(error)


def sheet_words() -> dict[str, str]:
    """What the sheet says by itself; ``{name}`` stands for a value that it fills in."""
    return {
        "typing": _("typing…"),
        "saving": _("saving…"),
        "saved": _("saved at {time}"),
        "unsaved": _("Saved as you type."),
        "offline": _("No connection: {count} entries are kept on this device and sent when it returns"),
        "retry": _("The server is busy: {count} entries are kept on this device and sent again soon"),
        "unkept": _("No connection, and this device keeps nothing: leave the page open until it returns"),
        "signed_out": _("Your sign-in has ended. Sign in in another tab; this page then goes on by itself."),
        "sign_in": _("Sign in"),
        "another_person": _("Somebody else has signed in here. Sign in as yourself to go on."),
        "refused": _("Not saved: {message}"),
        "conflict": _("{count} figures were changed elsewhere too: choose which ones hold"),
        "differs": _("Elsewhere {theirs} was typed, here {mine}."),
        "gone": _("The line was taken away elsewhere; here {mine} was typed."),
        "closed": _("This box was not sent back, so it stays as it was submitted; {mine} was typed here."),
        "line_changed": _("The line that you took away was changed elsewhere."),
        "keep_mine": _("Use mine"),
        "keep_theirs": _("Keep the other"),
        "restore_line": _("Bring the line back"),
        "drop_mine": _("Drop mine"),
        "drop_line": _("Take the line away"),
        "nothing": _("nothing"),
        "merged": _("{count} figures came in from elsewhere"),
        "adopted": _("{count} entries that were kept on this device are being sent"),
        "use": _("Use {value}"),
        "last": _("last period {value}"),
        "take_over": _("Take over last period's value"),
        "year_ago": _("same period last year {value}"),
        "highest": _("highest {value} ({period})"),
        "lowest": _("lowest {value} ({period})"),
        "history": _("{count} periods from {first} to {last}"),
        "no_history": _("Nothing was filed here before."),
        "prefilled": _("Filled in from last period: confirm it or type over it."),
        "confirm": _("Confirm"),
        "selected": _("{rows} by {columns} boxes chosen"),
        "pasted": _("{count} boxes filled"),
        "skipped": _("{count} values had no open box and were left out: {values}"),
        "copied": _("{count} boxes copied"),
        "undone": _("Undone"),
        "redone": _("Done again"),
        "none_undone": _("Nothing to undo"),
        "no_more": _("Nothing is left to look at."),
        "submit_offline": _("Nothing can be submitted without a connection; what you typed is kept."),
        "new_reason": _("Reason…"),
        "must_correct": _("{count} figures must be corrected"),
        "must_explain": _("{count} findings need an explanation"),
        "ready": _("Ready to be submitted"),
    }

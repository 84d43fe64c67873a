"""What forecasting says, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongmai.monitor.outlook.types import SeriesError

_ERRORS = {
    "not_text": gettext_lazy("The file is not text in UTF-8. Save it as “CSV UTF-8”."),
    "not_csv": gettext_lazy("The file cannot be read as CSV: %(text)s"),
    "too_large": gettext_lazy("The file is larger than %(limit)s bytes."),
    "missing_column": gettext_lazy(
        "The column %(name)s is missing; the heading must have unique_id, ds and y. Found: %(found)s"
    ),
    "short_row": gettext_lazy("The row has fewer columns than the heading."),
    "bad_month": gettext_lazy(
        "“%(text)s” is not a month: write it as 2023-06, 2023-06-30, 202306 or 1, 2, 3."
    ),
    "bad_value": gettext_lazy("“%(text)s” is not a number."),
    "twice": gettext_lazy("Series %(id)s has the month %(month)s twice."),
    "mixed_styles": gettext_lazy("Months are written in different ways; write all of them alike."),
    "too_many_gaps": gettext_lazy(
        "Series %(id)s lacks %(gaps)s of its %(periods)s periods: too many to fill."
    ),
    "no_rows": gettext_lazy("The file has no rows below its heading."),
    "no_values": gettext_lazy("Series %(id)s has no value."),
    "too_short": gettext_lazy("Series %(id)s has %(periods)s values; at least %(least)s are needed."),
    "bad_horizon": gettext_lazy("The horizon must be between 1 and %(longest)s periods."),
    "bad_level": gettext_lazy("A level is a percentage between 1 and 99, not %(level)s."),
}


def word_error(error: SeriesError) -> str:
    """What is wrong, with the row of the file where there is one."""
    text = str(_ERRORS[error.code]) % error.params
    return _("Row %(row)s: %(text)s") % {"row": error.row, "text": text} if error.row else text

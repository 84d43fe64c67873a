"""Words for refused files: what is wrong and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongmai.core.document.types import FileRefused

REFUSALS: dict[str, Promise] = {
    "no_file": _("Choose a file first."),
    "empty": _("The file is empty. Choose the file that you filled in."),
    "too_large": _(
        "The file is larger than %(megabytes)s MB. Delete pictures and sheets that are not asked "
        "for."
    ),
    "wrong_kind": _("Only Excel workbooks (.xlsx) and CSV files are read. Save the file as .xlsx."),
    "wrong_suffix": _("The name says CSV but the content is a workbook. Give the file its .xlsx name again."),
    "bad_name": _("The file name contains hidden characters or is too long. Rename the file."),
    "not_a_workbook": _("This is not an Excel workbook. Open it in Excel or WPS and save it as .xlsx."),
    "web_page": _("This is a web page named like a workbook. Open it in Excel or WPS and save it as .xlsx."),
    "old_format": _(
        "This is an older format (.xls, .et, .xlsb). Open it in Excel or WPS and save it as .xlsx."
    ),
    "encrypted": _("The file is protected by a password. Remove the password and save it again."),
    "macros": _("The file contains macros. Save it as a workbook without macros (.xlsx)."),
    "embedded": _("The file contains embedded objects. Delete them and save it again."),
    "nested": _("The file contains another file. Delete embedded objects and save it again."),
    "entities": _(
        "The file contains XML declarations that no spreadsheet program writes. Save it again in "
        "Excel or WPS."
    ),
    "hidden_data": _(
        "The file carries data outside the workbook. Open it in Excel or WPS and save it as a new "
        "file."
    ),
    "bad_parts": _(
        "The file contains parts with forbidden names. Open it in Excel or WPS and save it as a new"
        " file."
    ),
    "too_many_parts": _(
        "The workbook has more than %(parts)s parts. Copy the filled-in sheet into a new workbook."
    ),
    "damaged": _("The file is damaged. Open it in Excel or WPS and save it as a new file."),
    "bomb": _(
        "The workbook unpacks to more than it may (%(megabytes)s MB). Delete the empty formatted "
        "rows below the table."
    ),
    "too_many_rows": _(
        "Something is written far below the table (%(cell)s); at most %(rows)s rows are read. "
        "Delete the rows below the table."
    ),
    "too_many_columns": _(
        "Something is written far right of the table; at most %(columns)s columns are read. Delete "
        "the columns to the right."
    ),
    "too_many_cells": _(
        "The workbook has more than %(cells)s cells. Split it or delete what is not asked for."
    ),
    "too_many_sheets": _(
        "The workbook has more than %(sheets)s sheets. Delete those that are not asked for."
    ),
    "text_too_long": _("A cell holds more than %(characters)s characters. Shorten it."),
    "too_costly": _(
        "Reading this workbook takes more memory or time than allowed. Copy the table into a new "
        "workbook."
    ),
    "cell_error": _(
        "Cell %(cell)s shows an error such as #REF! or #DIV/0!. Correct it and save the file again."
    ),
    "uncalculated": _(
        "Cell %(cell)s holds a formula without a result. Open the file in Excel or WPS and save it."
    ),
    "binary": _("This is not a text file. Save the table as CSV (UTF-8) or .xlsx."),
    "encoding": _("The characters of this CSV file cannot be read. Save it as CSV UTF-8 or .xlsx."),
    "busy": _("Many workbooks are being read just now. Try again in a minute; nothing was lost."),
}  # fmt: skip


def word_refusal(refusal: FileRefused) -> str:
    """The sentence for a refused file, in the reader's language."""
    return str(REFUSALS[refusal.code]) % refusal.params

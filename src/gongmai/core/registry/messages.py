"""Findings of the registry in the reader's words: what is wrong, and what to do about it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as note

from gongmai.core.registry.types import Finding

# rule: (what is wrong, what to do)
WORDS: dict[str, tuple[str, str]] = {
    "file_missing": (
        note("The file is missing."),
        note("Add the file to the folder; docs/city-folder.md describes it."),
    ),
    "file_twice": (
        note("The table is there twice, as CSV and as Excel."),
        note("Keep one of the two files."),
    ),
    "file_encoding": (
        note("The file is neither UTF-8 nor GB 18030."),
        note("Save the file as UTF-8."),
    ),
    "file_unreadable": (
        note("The file cannot be read."),
        note("Open the file, save it anew as .xlsx or UTF-8 CSV, and try again."),
    ),
    "file_empty": (
        note("The file has no header row."),
        note("Put the column names into the first row."),
    ),
    "header_missing": (
        note("A required column is missing."),
        note("Add the column to the first row."),
    ),
    "header_unknown": (
        note("The column is not known."),
        note("Remove or rename it; known columns: %(columns)s."),
    ),
    "header_twice": (
        note("The column is there twice."),
        note("Keep one of the two columns."),
    ),
    "row_width": (
        note("The row has more cells than the header."),
        note("Put text that contains commas into quotation marks."),
    ),
    "cell_required": (
        note("The cell must not be empty."),
        note("Fill in the cell."),
    ),
    "cell_too_long": (
        note("The text is longer than %(limit)s characters."),
        note("Shorten the text."),
    ),
    "date_form": (
        note("This is not a date."),
        note("Write dates as 2020-10-31."),
    ),
    "period_form": (
        note("This is not a reporting period."),
        note("Write periods as 2022-12; months run from 02 (January and February merged) to 12."),
    ),
    "integer_form": (
        note("This is not a whole number."),
        note("Write digits only, money in thousand yuan."),
    ),
    "number_small": (
        note("The number is below %(minimum)s."),
        note("Correct the number."),
    ),
    "number_form": (
        note("This is not a number."),
        note("Write the number with a decimal point and without separators."),
    ),
    "number_range": (
        note("The number is outside %(low)s to %(high)s."),
        note("Write rates and indices as fractions: 0.22, 1.02."),
    ),
    "code_unknown": (
        note("The code is not known."),
        note("Use a code of: %(known)s."),
    ),
    "code_not_valid": (
        note("The code is not in force in all periods of this row."),
        note("End this row when the code ends and add a row with the new code."),
    ),
    "code_twice": (
        note("The code says two things for the same time."),
        note("Let one row end before the other begins."),
    ),
    "list_unknown": (
        note("There is no such code list."),
        note("Known lists: %(known)s."),
    ),
    "parent_unknown": (
        note("The parent is not among: %(parents)s."),
        note("Correct the parent or add its row."),
    ),
    "region_length": (
        note("A code of this level has %(length)s digits."),
        note("Correct the code or the level."),
    ),
    "span_reversed": (
        note("The end lies before the start."),
        note("Correct one of the two."),
    ),
    "mapping_overlap": (
        note("Another row already says which unit this place belongs to at that time."),
        note("Let one row end before the other begins."),
    ),
    "unit_missing": (
        note("In %(period)s the place belongs to no management unit."),
        note("Add a row to unit_towns for the town or for its whole region."),
    ),
    "town_outside_region": (
        note("The town does not lie in region %(region)s."),
        note("Correct the town or the region."),
    ),
    "credit_length": (
        note("A credit code has 18 characters."),
        note("Check the code on the business licence."),
    ),
    "credit_alphabet": (
        note("The credit code has a character that is never used (I, O, S, V, Z or a sign)."),
        note("Check the code on the business licence; 0 and 1 are digits."),
    ),
    "credit_check": (
        note("The check character of the credit code does not fit."),
        note("One character is wrong: check the code on the business licence."),
    ),
    "credit_inner": (
        note("The organisation code inside the credit code fails its own check."),
        note("Check the code on the business licence; a few old codes are like this."),
    ),
    "firm_twice": (
        note("The enterprise is listed twice."),
        note("Keep one row for each credit code."),
    ),
    "firm_unknown": (
        note("The enterprise is not in enterprises."),
        note("Add it there or correct the credit code."),
    ),
    "industry_2011": (
        note("This class exists only in the 2011 edition of the classification."),
        note("Code the firm anew by %(edition)s."),
    ),
    "industry_unknown": (
        note("This is not a class of mining, manufacturing or utilities (sections B, C, D)."),
        note("Use the four-digit class of %(edition)s."),
    ),
    "edition_2011": (
        note("The table is of %(old)s: it is betrayed by the codes %(codes)s."),
        note("Use the table of %(edition)s; the older one gives the same numbers to other industries."),
    ),
    "size_contradicts": (
        note("By workers and revenue the size class is %(computed)s."),
        note("Leave the size empty or correct the figures."),
    ),
    "size_half": (
        note("Workers and revenue are given together or not at all."),
        note("Fill in the other figure or empty both."),
    ),
    "tag_derived": (
        note("The tag %(tag)s follows from the industry and is added by the system."),
        note("Remove the tag."),
    ),
    "profile_in_both": (
        note("The attributes stand in enterprises and in profiles."),
        note("Empty these columns in enterprises."),
    ),
    "profile_twice": (
        note("Two rows of the firm start in the same period."),
        note("Keep one of them."),
    ),
    "profile_missing": (
        note("The attributes of the firm are stated nowhere."),
        note("Add a row to profiles or fill in the columns here."),
    ),
    "profile_late": (
        note("The firm is on the roster before its first attributes begin in %(start)s."),
        note("Let the first row of profiles start earlier."),
    ),
    "stays_overlap": (
        note("Two stays of the firm on the roster overlap."),
        note("End the first stay before the next begins."),
    ),
    "entry_month": (
        note("This type of entry takes place in March to November only."),
        note("Correct the period or the type of entry."),
    ),
    "exit_without_end": (
        note("A type of exit is given but no last period."),
        note("Fill in to_period or empty exit_type."),
    ),
    "end_without_exit": (
        note("A last period is given but no type of exit."),
        note("Fill in exit_type."),
    ),
    "parameter_twice": (
        note("The parameter is given twice for this industry and period."),
        note("Keep one of the rows."),
    ),
    "username_form": (
        note("The user name has blanks or signs."),
        note("Use 2 to 150 letters, digits, and . @ + - _"),
    ),
    "scope_contradicts": (
        note("This role needs a scope of: %(kinds)s."),
        note("Correct the scope or the role."),
    ),
    "scope_unknown": (
        note("There is no such %(kind)s."),
        note("Correct the value; it is empty for city and none."),
    ),
    "password_not_synthetic": (
        note("Passwords are only read for an invented city."),
        note("Empty the column: an administrator sets the first passwords."),
    ),
    "password_short": (
        note("The password has fewer than %(minimum)s characters."),
        note("Choose a longer one."),
    ),
    "grant_twice": (
        note("The person already has this role there."),
        note("Remove the row."),
    ),
    "city_key": (
        note("This key is not known."),
        note("Known keys: %(keys)s."),
    ),
    "city_code": (
        note("The code of a city has six digits."),
        note('Write it in quotation marks: "371300".'),
    ),
    "city_label": (
        note("A name in Chinese is needed."),
        note("Write it as {zh-Hans: ..., en: ...}."),
    ),
    "city_moment": (
        note("This is not a time with its zone."),
        note('Write it as "2023-07-06T09:00:00+08:00".'),
    ),
    "city_not_synthetic": (
        note("Only an invented city may live at a simulated time."),
        note("Remove simulated_now, or set is_synthetic for invented data."),
    ),
    "city_group": (
        note("A group needs a code, a name and members."),
        note("See docs/city-folder.md."),
    ),
    "groups_overlap": (
        note("%(one)s and %(other)s of one group share an industry."),
        note("Let each industry belong to one member."),
    ),
    "profile_order": (
        note("The latest change of this firm holds from %(start)s; earlier periods are history."),
        note("Choose %(start)s or a later period."),
    ),
    "not_on_roster": (
        note("The firm is not on the roster."),
        note("Let it come on the roster first."),
    ),
    "city_exists": (
        note("This installation already has a city."),
        note("Use --replace to put this one in its place."),
    ),
}


def word(finding: Finding) -> str:
    """What is wrong."""
    return _(WORDS[finding.rule][0]) % finding.detail


def advise(finding: Finding) -> str:
    """What to do about it."""
    return _(WORDS[finding.rule][1]) % finding.detail

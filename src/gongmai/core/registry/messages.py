"""Findings of the registry in the reader's words: what is wrong, and what to do about it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gongmai.core.registry.types import Finding

# rule: (what is wrong, what to do)
WORDS: dict[str, tuple[str, str]] = {
    "file_missing": (
        gettext_noop("The file is missing."),
        gettext_noop("Add the file to the folder; docs/city-folder.md describes it."),
    ),
    "file_twice": (
        gettext_noop("The table is there twice, as CSV and as Excel."),
        gettext_noop("Keep one of the two files."),
    ),
    "file_encoding": (
        gettext_noop("The file is neither UTF-8 nor GB 18030."),
        gettext_noop("Save the file as UTF-8."),
    ),
    "file_unreadable": (
        gettext_noop("The file cannot be read."),
        gettext_noop("Open the file, save it anew as .xlsx or UTF-8 CSV, and try again."),
    ),
    "file_empty": (
        gettext_noop("The file has no header row."),
        gettext_noop("Put the column names into the first row."),
    ),
    "header_missing": (
        gettext_noop("A required column is missing."),
        gettext_noop("Add the column to the first row."),
    ),
    "header_unknown": (
        gettext_noop("The column is not known."),
        gettext_noop("Remove or rename it; known columns: %(columns)s."),
    ),
    "header_twice": (
        gettext_noop("The column is there twice."),
        gettext_noop("Keep one of the two columns."),
    ),
    "row_width": (
        gettext_noop("The row has more cells than the header."),
        gettext_noop("Put text that contains commas into quotation marks."),
    ),
    "cell_required": (
        gettext_noop("The cell must not be empty."),
        gettext_noop("Fill in the cell."),
    ),
    "cell_too_long": (
        gettext_noop("The text is longer than %(limit)s characters."),
        gettext_noop("Shorten the text."),
    ),
    "date_form": (
        gettext_noop("This is not a date."),
        gettext_noop("Write dates as 2020-10-31."),
    ),
    "period_form": (
        gettext_noop("This is not a reporting period."),
        gettext_noop("Write periods as 2022-12; months run from 02 (January and February merged) to 12."),
    ),
    "integer_form": (
        gettext_noop("This is not a whole number."),
        gettext_noop("Write digits only, money in thousand yuan."),
    ),
    "number_small": (
        gettext_noop("The number is below %(minimum)s."),
        gettext_noop("Correct the number."),
    ),
    "number_form": (
        gettext_noop("This is not a number."),
        gettext_noop("Write the number with a decimal point and without separators."),
    ),
    "number_range": (
        gettext_noop("The number is outside %(low)s to %(high)s."),
        gettext_noop("Write rates and indices as fractions: 0.22, 1.02."),
    ),
    "code_unknown": (
        gettext_noop("The code is not known."),
        gettext_noop("Use a code of: %(known)s."),
    ),
    "code_not_valid": (
        gettext_noop("The code is not in force in all periods of this row."),
        gettext_noop("End this row when the code ends and add a row with the new code."),
    ),
    "code_twice": (
        gettext_noop("The code says two things for the same time."),
        gettext_noop("Let one row end before the other begins."),
    ),
    "list_unknown": (
        gettext_noop("There is no such code list."),
        gettext_noop("Known lists: %(known)s."),
    ),
    "parent_unknown": (
        gettext_noop("The parent is not among: %(parents)s."),
        gettext_noop("Correct the parent or add its row."),
    ),
    "region_length": (
        gettext_noop("A code of this level has %(length)s digits."),
        gettext_noop("Correct the code or the level."),
    ),
    "span_reversed": (
        gettext_noop("The end lies before the start."),
        gettext_noop("Correct one of the two."),
    ),
    "mapping_overlap": (
        gettext_noop("Another row already says which unit this place belongs to at that time."),
        gettext_noop("Let one row end before the other begins."),
    ),
    "unit_missing": (
        gettext_noop("In %(period)s the place belongs to no management unit."),
        gettext_noop("Add a row to unit_towns for the town or for its whole region."),
    ),
    "town_outside_region": (
        gettext_noop("The town does not lie in region %(region)s."),
        gettext_noop("Correct the town or the region."),
    ),
    "credit_length": (
        gettext_noop("A credit code has 18 characters."),
        gettext_noop("Check the code on the business licence."),
    ),
    "credit_alphabet": (
        gettext_noop("The credit code has a character that is never used (I, O, S, V, Z or a sign)."),
        gettext_noop("Check the code on the business licence; 0 and 1 are digits."),
    ),
    "credit_check": (
        gettext_noop("The check character of the credit code does not fit."),
        gettext_noop("One character is wrong: check the code on the business licence."),
    ),
    "credit_inner": (
        gettext_noop("The organisation code inside the credit code fails its own check."),
        gettext_noop("Check the code on the business licence; a few old codes are like this."),
    ),
    "firm_twice": (
        gettext_noop("The enterprise is listed twice."),
        gettext_noop("Keep one row for each credit code."),
    ),
    "firm_unknown": (
        gettext_noop("The enterprise is not in enterprises."),
        gettext_noop("Add it there or correct the credit code."),
    ),
    "industry_2011": (
        gettext_noop("This class exists only in the 2011 edition of the classification."),
        gettext_noop("Code the firm anew by %(edition)s."),
    ),
    "industry_unknown": (
        gettext_noop("This is not a class of mining, manufacturing or utilities (sections B, C, D)."),
        gettext_noop("Use the four-digit class of %(edition)s."),
    ),
    "edition_2011": (
        gettext_noop("The table is of %(old)s: it is betrayed by the codes %(codes)s."),
        gettext_noop(
            "Use the table of %(edition)s; the older one gives the same numbers to other industries."
        ),
    ),
    "size_contradicts": (
        gettext_noop("By workers and revenue the size class is %(computed)s."),
        gettext_noop("Leave the size empty or correct the figures."),
    ),
    "size_half": (
        gettext_noop("Workers and revenue are given together or not at all."),
        gettext_noop("Fill in the other figure or empty both."),
    ),
    "tag_derived": (
        gettext_noop("The tag %(tag)s follows from the industry and is added by the system."),
        gettext_noop("Remove the tag."),
    ),
    "profile_in_both": (
        gettext_noop("The attributes stand in enterprises and in profiles."),
        gettext_noop("Empty these columns in enterprises."),
    ),
    "profile_twice": (
        gettext_noop("Two rows of the firm start in the same period."),
        gettext_noop("Keep one of them."),
    ),
    "profile_missing": (
        gettext_noop("The attributes of the firm are stated nowhere."),
        gettext_noop("Add a row to profiles or fill in the columns here."),
    ),
    "profile_late": (
        gettext_noop("The firm is on the roster before its first attributes begin in %(start)s."),
        gettext_noop("Let the first row of profiles start earlier."),
    ),
    "stays_overlap": (
        gettext_noop("Two stays of the firm on the roster overlap."),
        gettext_noop("End the first stay before the next begins."),
    ),
    "entry_month": (
        gettext_noop("This type of entry takes place in March to November only."),
        gettext_noop("Correct the period or the type of entry."),
    ),
    "exit_without_end": (
        gettext_noop("A type of exit is given but no last period."),
        gettext_noop("Fill in to_period or empty exit_type."),
    ),
    "end_without_exit": (
        gettext_noop("A last period is given but no type of exit."),
        gettext_noop("Fill in exit_type."),
    ),
    "parameter_twice": (
        gettext_noop("The parameter is given twice for this industry and period."),
        gettext_noop("Keep one of the rows."),
    ),
    "username_form": (
        gettext_noop("The user name has blanks or signs."),
        gettext_noop("Use 2 to 150 letters, digits, and . @ + - _"),
    ),
    "scope_contradicts": (
        gettext_noop("This role needs a scope of: %(kinds)s."),
        gettext_noop("Correct the scope or the role."),
    ),
    "scope_unknown": (
        gettext_noop("There is no such %(kind)s."),
        gettext_noop("Correct the value; it is empty for city and none."),
    ),
    "password_not_synthetic": (
        gettext_noop("Passwords are only read for an invented city."),
        gettext_noop("Empty the column: an administrator sets the first passwords."),
    ),
    "password_short": (
        gettext_noop("The password has fewer than %(minimum)s characters."),
        gettext_noop("Choose a longer one."),
    ),
    "roles_apart": (
        gettext_noop("These roles must not meet in one person: %(roles)s."),
        gettext_noop("Give whoever runs or checks the system an account of their own."),
    ),
    "grant_twice": (
        gettext_noop("The person already has this role there."),
        gettext_noop("Remove the row."),
    ),
    "city_key": (
        gettext_noop("This key is not known."),
        gettext_noop("Known keys: %(keys)s."),
    ),
    "city_code": (
        gettext_noop("The code of a city has six digits."),
        gettext_noop('Write it in quotation marks: "999900".'),
    ),
    "city_label": (
        gettext_noop("A name in Chinese is needed."),
        gettext_noop("Write it as {zh-Hans: ..., en: ...}."),
    ),
    "city_moment": (
        gettext_noop("This is not a time with its zone."),
        gettext_noop('Write it as "2023-07-06T09:00:00+08:00".'),
    ),
    "city_not_synthetic": (
        gettext_noop("Only an invented city may live at a simulated time."),
        gettext_noop("Remove simulated_now, or set is_synthetic for invented data."),
    ),
    "city_group": (
        gettext_noop("A group needs a code, a name and members."),
        gettext_noop("See docs/city-folder.md."),
    ),
    "groups_overlap": (
        gettext_noop("%(one)s and %(other)s of one group share an industry."),
        gettext_noop("Let each industry belong to one member."),
    ),
    "profile_order": (
        gettext_noop("The latest change of this firm holds from %(start)s; earlier periods are history."),
        gettext_noop("Choose %(start)s or a later period."),
    ),
    "not_on_roster": (
        gettext_noop("The firm is not on the roster."),
        gettext_noop("Let it come on the roster first."),
    ),
    "city_exists": (
        gettext_noop("This installation already has a city."),
        gettext_noop("Use --replace to put this one in its place."),
    ),
}


def word(finding: Finding) -> str:
    """What is wrong."""
    return _(WORDS[finding.rule][0]) % finding.detail


def advise(finding: Finding) -> str:
    """What to do about it."""
    return _(WORDS[finding.rule][1]) % finding.detail

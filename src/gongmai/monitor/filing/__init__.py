"""Returns: forms as data, filing, audits, deadlines, completeness.

In: cells by page, workbook or API. Out: submitted versions, and events for review and panel.
"""

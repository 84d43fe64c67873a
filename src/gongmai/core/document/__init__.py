"""Workbooks in and out: hostile uploads are parsed in a limited child process.

In: bytes. Out: typed cells (`queries.read_upload`); tables as Excel or CSV (`actions.table_response`).
"""

"""Workbooks in and out: hostile uploads are parsed in a limited child process.

In: bytes. Out: typed cells; workbooks and CSV as streams.
"""

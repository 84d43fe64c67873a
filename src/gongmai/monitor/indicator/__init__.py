"""Indicators computed from the panel by catalogue formulas, and the screens that show them.

In: panel vintages. Out: growth, contribution, pull and ratios for any cut, each of which can be opened.
"""

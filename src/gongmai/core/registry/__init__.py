"""Enterprises and their dated attributes, the above-scale roster, regions, units, parks, code lists.

In: a city's plain files, officers' edits. Out: who is on the roster when, where and in which industry.
"""

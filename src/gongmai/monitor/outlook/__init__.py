"""Seeing ahead: forecasts with intervals that were tried on the past.

In: monthly series. Out: forecasts, their intervals, and how the same procedure would have done so far.
Nothing from here is ever written into a return.
"""

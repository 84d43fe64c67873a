"""Reads: files of series in, forecasts out."""

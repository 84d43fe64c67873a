"""Reads of the shell and of the landing pages."""

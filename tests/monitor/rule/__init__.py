"""Tests of the module that edits, tries and counts rules."""

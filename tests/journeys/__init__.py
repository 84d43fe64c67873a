"""Whole journeys in a real browser, at desktop and phone width."""

"""Asking for indicators: tables, bridges, firms behind a number, trends, and a number opened."""

"""The monitoring and dispatch platform."""

"""Management commands of the user interface."""

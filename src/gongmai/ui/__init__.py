"""Base templates, components, static files and display filters."""

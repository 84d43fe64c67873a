"""Landing pages and what every page shows."""

"""Changes to people, their second factor, and their sessions and devices."""

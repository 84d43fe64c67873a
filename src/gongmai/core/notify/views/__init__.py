"""Pages: the inbox and the settings of notices."""

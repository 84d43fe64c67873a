"""The door of the web process, and the answers of a server in trouble."""

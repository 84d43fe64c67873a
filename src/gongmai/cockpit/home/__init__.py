"""Where each kind of person lands: what is due, what waits, where the city stands."""

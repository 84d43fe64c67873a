"""What the outlook writes. Nothing of it is ever written into a return."""

"""JSON API of filing: what a firm's own system calls, and what officers' tools call."""

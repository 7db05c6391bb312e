"""Streams: what happened to a table, in order, for 24 hours."""

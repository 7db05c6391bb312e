"""SQLite with one fair queue of writers."""

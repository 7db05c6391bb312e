"""Pages of tables: the list and the tabs of one table."""

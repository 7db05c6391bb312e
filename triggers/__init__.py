"""What starts functions: tables, their streams, event source mappings and the poller."""

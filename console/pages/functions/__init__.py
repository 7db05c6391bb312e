"""Pages of functions: the list, the designer's frame, code, test, monitor, versions, configuration."""

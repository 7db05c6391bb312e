"""Event source mappings: settings, states, drafts; what Save and CreateEventSourceMapping call."""

"""Filter patterns of event source mappings: their grammar, and what they say of a record. Pure."""

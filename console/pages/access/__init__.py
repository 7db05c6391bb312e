"""Pages of roles, users and managed policies."""

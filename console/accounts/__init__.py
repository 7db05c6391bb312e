"""Accounts: whose resources these are. Knows nothing of what the resources are."""

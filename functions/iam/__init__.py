"""Roles, their policies and what these allow. Does not know which service asks."""

"""Execution environments: sandboxed process trees that run functions. Knows no database and no account."""

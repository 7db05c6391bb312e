"""Lanes: the pure machine that decides, and the shell of leases that carries it out."""

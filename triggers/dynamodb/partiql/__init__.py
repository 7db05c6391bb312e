"""PartiQL: statements in a query language, which do what the item calls do."""

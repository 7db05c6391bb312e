"""Pages of triggers: configuring, the saved one with its shards, why it waits, journeys, failures."""

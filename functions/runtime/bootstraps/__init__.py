"""Programs that run inside an execution environment, without any other module of Shardlight."""

"""One invocation from event to result: asked for, queued, run, recorded, trimmed."""

"""Pages of queues, topics and buckets."""

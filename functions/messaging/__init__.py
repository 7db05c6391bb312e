"""Queues, topics and buckets: where failed batches go, and what SDKs send and fetch. Offers nothing."""

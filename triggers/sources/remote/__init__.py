"""Streams of an outside endpoint (AWS, DynamoDB Local, another Shardlight), copied record by record."""

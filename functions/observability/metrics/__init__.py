"""CloudWatch metrics: written by whoever has something to count, read by name and minute. No alarms."""

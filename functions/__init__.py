"""What runs: functions, their execution environments, roles and logs. Knows nothing of triggers."""

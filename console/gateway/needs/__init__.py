"""What a call must be allowed: from an operation and its members to IAM's actions and resources.

One module a service, each a table and a rule for the rest. Source of all: Service authorization
reference. Nothing is decided here.
"""

"""Numbers of filter patterns, each with its source."""

from __future__ import annotations

PATTERN_LENGTH = 4096
"""Characters of a pattern. Source: Lambda's service model, Pattern."""

FILTERS = 5
"""Filters of a mapping. Source: Lambda developer guide, "Lambda event filtering" (10 by request)."""

DEPTH = 128
"""Levels of brackets in a pattern (ours; a value nested as deep as DynamoDB lets it takes about 70)."""

WIDEST = 5.0e9
"""Largest amount in a numeric test. Source: EventBridge user guide, "Numeric matching"."""

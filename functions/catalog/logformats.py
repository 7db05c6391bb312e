"""How a function logs: format and levels, as LoggingConfig has them. Pure.

Source: Lambda developer guide, "Configuring advanced logging controls for Lambda functions".
"""

from __future__ import annotations

from collections.abc import Mapping

from functions.catalog.configuration import invalid

TEXT, JSON = "Text", "JSON"
_LEVELS = ("ApplicationLogLevel", "SystemLogLevel")
_USUAL = "INFO"


def changed(before: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """Give the LoggingConfig after a change; the log group is not part of it.

    What is not asked for stays; JSON has levels, Text has none. Raises AwsError for levels of Text.
    """
    form = asked.get("LogFormat") or before.get("LogFormat", TEXT)
    levels = {name: asked[name] for name in _LEVELS if asked.get(name)}
    if form == TEXT:
        if levels:
            raise invalid("Log levels can be set for the log format JSON only.")
        return {"LogFormat": TEXT}
    kept = {name: before.get(name, _USUAL) for name in _LEVELS}
    return {"LogFormat": form} | kept | levels

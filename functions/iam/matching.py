"""Wildcards of policies: does a pattern mean this action, this ARN, this text? Decides nothing else."""

from __future__ import annotations

_ARN_SEGMENTS = 6
LITERAL = {ord("*"): "\ue000", ord("?"): "\ue001"}
"""Stand-ins for `*` and `?` that came out of a variable and therefore mean only themselves."""


def action_matches(pattern: str, action: str) -> bool:
    """Match an action; service prefix and name are case-insensitive."""
    return glob(pattern.lower(), action.lower())


def resource_matches(pattern: str, resource: str) -> bool:
    """Match an ARN segment by segment; "*" alone matches everything.

    A wildcard stays within its segment (the parts between the first five colons; the sixth is the
    rest), and a pattern with fewer segments is completed with "*". The resource "*" (calls that
    name no resource) is matched by "*" only.
    """
    if pattern == "*":
        return True
    wanted = pattern.split(":", _ARN_SEGMENTS - 1)
    wanted += ["*"] * (_ARN_SEGMENTS - len(wanted))
    found = resource.split(":", _ARN_SEGMENTS - 1)
    return len(found) == _ARN_SEGMENTS and all(
        glob(one, other) for one, other in zip(wanted, found, strict=True)
    )


def glob(pattern: str, text: str) -> bool:
    """Match `*` (any run) and `?` (any one character) in at most len(pattern) * len(text) steps.

    By hand, because a regular expression made of a stranger's wildcards can take exponential time.
    """
    if "\ue000" in pattern or "\ue001" in pattern:
        text = text.translate(LITERAL)
    at = in_text = 0
    star, resume = -1, 0
    while in_text < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, in_text
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[in_text]):
            at += 1
            in_text += 1
        elif star >= 0:
            resume += 1
            at, in_text = star + 1, resume
        else:
            return False
    return not pattern[at:].strip("*")

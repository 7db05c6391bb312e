"""The form of a policy's resources: what IAM complains about, in its words. Looks nothing up.

Source: recorded answers of CreatePolicy, February 2026.
"""

from __future__ import annotations

_IAM_PATHS = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
_REGION_TEXTS = {
    "iam": "IAM resource {} cannot contain region information.",
    "s3": "Resource {} can not contain region information.",
}


def complaint(resource: str) -> str | None:
    """Say what is wrong with the form of a resource; None when nothing is."""
    if resource == "*":
        return None
    parts = resource.split(":")
    if len(parts) == 1:
        return f'Resource {resource} must be in ARN format or "*".'
    if parts[1] != "aws":
        shown = ":".join(parts[2:]) if len(parts) >= 6 else ":".join((parts[2:] + ["*"] * 4)[:4])
        return f'Partition "{parts[1]}" is not valid for resource "arn:{parts[1]}:{shown}".'
    if len(parts) == 2:
        return "Resource vendor must be fully qualified and cannot contain regexes."
    return _service_complaint(resource, parts)


def fails_legacy(resource: str) -> bool:
    """Say whether a resource without complaint fails what IAM calls legacy parsing."""
    parts = resource.split(":")
    return resource != "*" and (not parts[2] or ("::" in resource and len(parts) < 6))


def _service_complaint(resource: str, parts: list[str]) -> str | None:
    path = ":".join(parts[5:])
    is_regional = parts[2] == "s3" and path.startswith("accesspoint/")
    if parts[2] in _REGION_TEXTS and len(parts) > 4 and parts[3] and not is_regional:
        return _REGION_TEXTS[parts[2]].format(resource)
    if parts[2] == "iam" and len(parts) > 5 and not path.startswith(("*", "root", *_IAM_PATHS)):
        return f'IAM resource path must either be "*", root, or start with {", ".join(_IAM_PATHS)}.'
    return None

"""Which condition keys are evaluated, and which can never have a value here. Values are others' business.

A key of a service that is not here belongs to no request that reaches us, so it is absent, as on
AWS. A key of one of our services, or of AWS's own, that is on neither list would be ignored: such
documents are refused. Source: Service authorization reference; IAM user guide, "AWS global
condition context keys".
"""

from __future__ import annotations

EVALUATED = frozenset(
    """
    aws:CurrentTime aws:EpochTime aws:PrincipalAccount aws:PrincipalArn aws:PrincipalType
    aws:RequestedRegion aws:ResourceAccount aws:SecureTransport aws:SourceIp aws:TagKeys
    aws:TokenIssueTime aws:UserAgent aws:userid aws:username aws:ViaAWSService
    aws:PrincipalIsAWSService
    dynamodb:LeadingKeys dynamodb:ReturnConsumedCapacity dynamodb:ReturnValues dynamodb:Select
    lambda:FunctionArn lambda:Principal lambda:SourceFunctionArn
    iam:PassedToService iam:PolicyARN iam:AWSServiceName
    sts:ExternalId sts:RoleSessionName
    s3:prefix s3:delimiter s3:max-keys
    sns:Endpoint sns:Protocol
    cloudwatch:namespace
    """.lower().split()
)
"""Keys that have the values of the request."""

ABSENT = frozenset(
    """
    aws:CalledVia aws:CalledViaFirst aws:CalledViaLast aws:ChatbotSourceArn aws:FederatedProvider
    aws:MultiFactorAuthAge aws:MultiFactorAuthPresent aws:PrincipalOrgID aws:PrincipalOrgPaths
    aws:PrincipalServiceName aws:PrincipalServiceNamesList aws:Referer aws:ResourceOrgID
    aws:ResourceOrgPaths aws:SourceAccount aws:SourceArn aws:SourceIdentity aws:SourceOrgID
    aws:SourceOrgPaths aws:SourceVpc aws:SourceVpcArn aws:SourceVpce aws:VpcSourceIp
    aws:VpceAccount aws:VpceOrgID aws:VpceOrgPaths
    iam:PermissionsBoundary iam:AssociatedResourceArn iam:OrganizationsPolicyId iam:ResourceTag
    sts:SourceIdentity sts:TransitiveTagKeys sts:AWSServiceName
    lambda:VpcIds lambda:SubnetIds lambda:SecurityGroupIds lambda:CodeSigningConfigArn
    s3:x-amz-acl s3:x-amz-server-side-encryption s3:VersionId s3:x-amz-storage-class
    """.lower().split()
)
"""Keys that no request here can have: no VPCs, no organisations, no second factor, no boundaries,
no callers that are services, and parameters that are refused."""

_NOT_IN_TRUST = frozenset(
    "aws:sourceip aws:useragent aws:tokenissuetime lambda:sourcefunctionarn".split()  # noqa: SIM905 - reads better
)
"""Keys of the request and of the session, which are not at hand when a role is assumed."""

_PREFIXES = ("aws:principaltag/", "aws:requesttag/")
_OURS = frozenset(
    "aws dynamodb lambda iam sts s3 sqs sns logs cloudwatch".split()  # noqa: SIM905 - reads better
)


def is_understood(key: str) -> bool:
    """Say whether a condition on `key` means here what it means on AWS."""
    name = key.lower()
    vendor = name.partition(":")[0]
    return vendor not in _OURS or name in EVALUATED or name in ABSENT or name.startswith(_PREFIXES)


def is_understood_in_trust(key: str) -> bool:
    """Say whether a condition on `key` in a trust policy means here what it means on AWS."""
    return is_understood(key) and key.lower() not in _NOT_IN_TRUST

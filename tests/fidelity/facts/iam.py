"""IAM and STS."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_ROLES = "recorded from AWS, LocalStack snapshot test_iam_roles, 11 February 2026"
_POLICIES = "recorded from AWS, LocalStack snapshot test_iam_policies, 18 February 2026"
_MANAGED = "recorded from AWS, LocalStack snapshot test_iam_managed_policies, 12 February 2026"
_GUIDE = "IAM user guide"

CHAPTER = Chapter(
    "IAM and STS",
    (
        Fact(
            "UpdateUser changes name and path; keys and the id stay, and a name that is taken is EntityAlreadyExists.",
            "recorded from AWS, LocalStack snapshot test_iam_users, February 2026",
            VERIFIED,
            "tests/wire/test_iam_users.py::test_a_user_gets_another_name_and_path_and_stays_who_they_are",
        ),
        Fact(
            "GetAccessKeyLastUsed of a key that is not the account's answers AccessDenied, 403: `User: ARN is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ID`, without a colon after perform.",
            "recorded from AWS, LocalStack snapshot test_iam_users, 24 February 2026",
            VERIFIED,
            "tests/wire/test_iam_users.py::test_another_account_sees_neither_users_nor_keys",
        ),
        Fact(
            "CreateRole with a name that is taken answers EntityAlreadyExists, 409: `Role with name X already exists.`",
            _ROLES,
            VERIFIED,
            "tests/wire/test_iam_roles.py::test_a_role_is_made_once_and_looked_up_by_its_name",
        ),
        Fact(
            "IAM does not show the value that it refuses: `1 validation error detected: Value at 'tags' failed to satisfy constraint: …`.",
            "recorded from AWS, LocalStack snapshots test_iam_roles, test_iam_policies and others, February 2026",
            VERIFIED,
            "tests/wire/test_iam_roles.py::test_a_refused_value_is_not_shown",
        ),
        Fact(
            "Names, paths and path prefixes with other characters are refused in words of their own: `The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`",
            "recorded from AWS (path), LocalStack snapshot test_iam_mfa, February 2026; public tests of spinifex (path prefixes) and versitygw (names), which quote AWS",
            VERIFIED,
            "tests/wire/test_iam_roles.py::test_names_and_paths_are_refused_in_words_of_their_own",
        ),
        Fact(
            "Names of roles that differ only in case are the same name.",
            f'{_GUIDE}, "IAM and AWS STS quotas" (names are not distinguished by case)',
            DOCUMENTED,
            "tests/iam/test_roles.py::test_a_name_is_given_once_whatever_its_case",
        ),
        Fact(
            "An unknown role answers NoSuchEntity, 404: `The role with name X cannot be found.`",
            _ROLES,
            VERIFIED,
            "tests/wire/test_iam_roles.py::test_a_role_is_made_once_and_looked_up_by_its_name",
        ),
        Fact(
            "CreateRole's and UpdateRoleDescription's answers have neither MaxSessionDuration nor RoleLastUsed; GetRole's has both, ListRoles' only the former and no Tags.",
            _ROLES,
            VERIFIED,
            "tests/wire/test_iam_roles.py::test_a_new_role_has_the_members_that_iam_returns",
        ),
        Fact(
            "A role's id is AROA and 17 capitals and digits.",
            f'{_GUIDE}, "IAM identifiers"',
            DOCUMENTED,
            "tests/iam/test_roles.py::test_a_role_has_an_id_and_an_arn",
        ),
        Fact(
            "DeleteRole with attached policies answers DeleteConflict, 409: `Cannot delete entity, must detach all policies first.`; with inline policies `Cannot delete entity, must delete policies first.`",
            _ROLES,
            VERIFIED,
            "tests/wire/test_iam_roles.py::test_a_role_with_policies_is_not_deleted",
        ),
        Fact(
            "With both kinds of policies left, the attached ones are complained about first.",
            "nobody recorded a role with both",
            GUESSED,
            "tests/wire/test_iam_roles.py::test_a_role_with_policies_is_not_deleted",
        ),
        Fact(
            "Attaching an unknown policy answers NoSuchEntity: `Policy ARN does not exist or is not attachable.`; detaching one that is not attached `Policy ARN was not found.`",
            _ROLES,
            VERIFIED,
            "tests/iam/test_roles.py::test_only_policies_that_exist_are_attached",
        ),
        Fact(
            "A policy ARN that is none answers ValidationError (InvalidInput until 2023): `ARN X is not valid.`",
            _ROLES,
            VERIFIED,
            "tests/iam/test_roles.py::test_only_policies_that_exist_are_attached",
        ),
        Fact(
            "An unknown inline policy answers NoSuchEntity: `The role policy with name X cannot be found.`",
            _ROLES,
            VERIFIED,
            "tests/wire/test_iam_roles.py::test_inline_policies_come_back_as_they_were_sent",
        ),
        Fact(
            "Policy documents are URL-encoded in answers (RFC 3986).",
            "IAM API reference, GetRole and GetRolePolicy",
            DOCUMENTED,
            "tests/wire/test_iam_roles.py::test_documents_travel_url_encoded",
        ),
        Fact(
            "A malformed permissions policy answers MalformedPolicyDocument in the words of the test's fifty examples, in this order of checks: syntax, version, legacy parsing, Sids, actions present, resources present, form of resources, form of actions.",
            _POLICIES,
            VERIFIED,
            "tests/iam/test_policy_grammar.py::test_a_malformed_policy_is_refused_in_the_words_of_iam",
        ),
        Fact(
            "A permissions policy must be of version 2012-10-17: `Policy document must be version 2012-10-17 or greater.`",
            _POLICIES,
            VERIFIED,
            "tests/iam/test_policy_grammar.py::test_a_malformed_policy_is_refused_in_the_words_of_iam",
        ),
        Fact(
            "A broken trust policy answers `This policy contains invalid Json`, one with other actions `AssumeRole policy may only specify STS AssumeRole actions.`, one with a Resource `Has prohibited field Resource`.",
            _ROLES,
            VERIFIED,
            "tests/iam/test_policy_grammar.py::test_a_malformed_trust_policy_is_refused",
        ),
        Fact(
            'A trust policy without Principal answers `Missing required field Principal`; with `*` as Principal `AssumeRolepolicy contained an invalid principal: "STAR":"*".`',
            "error texts pasted in public issues of Terraform and the CDK",
            GUESSED,
            "tests/iam/test_policy_grammar.py::test_a_malformed_trust_policy_is_refused",
        ),
        Fact(
            "A trust policy without statements, Effect or principals, with NotPrincipal, NotResource or the same Sid twice is refused in words of its own; a permissions policy with a principal answers `Policy document should not specify a principal.`",
            "error texts pasted in public issues of Terraform; public tests of versitygw, which follow AWS",
            DOCUMENTED,
            "tests/iam/test_policy_grammar.py::test_a_malformed_trust_policy_is_refused",
        ),
        Fact(
            'A trust policy names users and roles that exist, also of other accounts: otherwise `Invalid principal in policy: "AWS":"ARN"`; unknown services `Invalid principal in policy: "SERVICE":"NAME"`.',
            "error texts pasted in public issues of Terraform and the CDK",
            DOCUMENTED,
            "tests/iam/test_trust_policies.py::test_who_is_not_there_cannot_be_trusted",
            ours="of services only the form of the name is checked; every number of 12 digits is an account; unique ids (AROA…) are refused, and who is made anew under the old name is trusted again.",
        ),
        Fact(
            "A trust policy may be of version 2008-10-17.",
            f'{_GUIDE}, "IAM JSON policy elements: Version"',
            DOCUMENTED,
            "tests/iam/test_policy_grammar.py::test_a_trust_policy_may_name_the_old_version",
        ),
        Fact(
            "A condition holds when the key's value passes the operator with any of the policy's values; negated operators want none of them; a missing key fails all but negated, IfExists, Null and ForAllValues.",
            f'{_GUIDE}, "IAM JSON policy elements: Condition operators"',
            DOCUMENTED,
            "tests/iam/test_conditions.py::test_a_condition_holds_as_its_operator_says",
        ),
        Fact(
            "A condition that is no map of maps, or whose operator IAM does not know, answers `Syntax errors in policy.`; a Date operator with a value that is no date `The policy failed legacy parsing`. Dates may be cut short (`01T`), have hours of one digit and years far away.",
            _POLICIES,
            VERIFIED,
            "tests/iam/test_policy_grammar.py::test_a_malformed_policy_is_refused_in_the_words_of_iam",
        ),
        Fact(
            "Policy variables are replaced in resources and conditions of version 2012-10-17; their values are literal; one without a value and without a default makes nothing match.",
            f'{_GUIDE}, "IAM policy elements: Variables and tags"',
            DOCUMENTED,
            "tests/iam/test_conditions.py::test_variables_in_resources_become_the_values_of_the_request",
        ),
        Fact(
            "A condition may name any key.",
            f'{_GUIDE}, "IAM JSON policy elements: Condition"',
            DOCUMENTED,
            "tests/iam/test_policy_grammar.py::test_a_key_that_would_be_ignored_is_refused_and_says_so",
            ours="keys of AWS itself and of the services here that are not evaluated are refused with MalformedPolicyDocument.",
        ),
        Fact(
            "A customer managed policy has at most five versions, numbered once; the default version cannot be deleted, nor a policy with several versions or with holders.",
            "IAM API reference, CreatePolicyVersion and DeletePolicy; texts recorded, LocalStack and moto tests",
            DOCUMENTED,
            "tests/wire/test_iam_policies.py::test_versions_are_added_chosen_and_deleted",
        ),
        Fact(
            "A policy name that is taken answers EntityAlreadyExists, 409: `A policy called X already exists. Duplicate names are not allowed.`",
            "error texts pasted in public issues of Terraform",
            DOCUMENTED,
            "tests/wire/test_iam_policies.py::test_a_name_is_taken_once",
        ),
        Fact(
            "A customer managed policy has at most 6,144 characters without white space: LimitExceeded, `Cannot exceed quota for PolicySize: 6144`.",
            f'{_GUIDE}, "IAM and AWS STS quotas"; text pasted in public issues',
            DOCUMENTED,
            "tests/wire/test_iam_policies.py::test_a_document_has_a_longest_length_and_a_form",
        ),
        Fact(
            "A simulation answers allowed, explicitDeny or implicitDeny for each action and resource, with the statements that decided, their lines and columns, and the condition keys that had no value.",
            "IAM API reference, EvaluationResult",
            DOCUMENTED,
            "tests/wire/test_iam_policies.py::test_a_simulation_names_the_statement_and_its_place",
        ),
        Fact(
            "SimulatePrincipalPolicy of anything but a role or user answers InvalidInput: `Invalid Entity Arn: ARN does not clearly define entity type and name.`",
            "AWS's answers to sessions of roles pasted in public sources of three tools",
            DOCUMENTED,
            "tests/wire/test_iam_policies.py::test_a_simulation_has_pages_and_refuses_what_it_does_not_know",
            ours="groups are not here, so theirs answer the same.",
        ),
        Fact(
            "Actions and resources of a statement match with `*` and `?`; actions without regard to case; an explicit deny wins over every allow, and silence is a refusal.",
            f'{_GUIDE}, "Policy evaluation logic"',
            DOCUMENTED,
            "tests/iam/test_policy_evaluation.py::test_statements_decide",
        ),
        Fact(
            "A wildcard in a resource stays within its segment of the ARN; missing segments are completed with `*`.",
            f'{_GUIDE}, "IAM JSON policy elements: Resource"',
            DOCUMENTED,
            "tests/iam/test_policy_evaluation.py::test_a_wildcard_stays_in_its_segment",
        ),
        Fact(
            "A role's inline policies may have 10,240 characters together, its trust policy 2,048; white space does not count.",
            f'{_GUIDE}, "IAM and AWS STS quotas"',
            DOCUMENTED,
            "tests/iam/test_roles.py::test_the_sum_of_inline_policies_has_a_limit",
        ),
        Fact(
            "The quotas answer LimitExceeded: `Maximum policy size of 10240 bytes exceeded for role X`, `Cannot exceed quota for ACLSizePerRole: 2048`.",
            "error texts pasted in public issues",
            GUESSED,
            "tests/iam/test_roles.py::test_a_trust_policy_has_a_limit",
        ),
        Fact(
            "Tag keys that begin with aws:, in whatever case, answer InvalidInput: `Tag keys beginning with aws: are reserved for system use.`",
            "public tests of spinifex, which quote AWS's answers to TagUser",
            DOCUMENTED,
            "tests/iam/test_roles.py::test_the_tags_of_aws_are_not_ours_to_give",
        ),
        Fact(
            "Tag keys of policies may differ in case alone; the same one twice answers InvalidInput `Duplicate tag keys found.`; CreatePolicy shows tags as they were sent.",
            _POLICIES,
            VERIFIED,
            "tests/wire/test_iam_policies.py::test_the_case_of_a_policys_tag_keys_matters",
        ),
        Fact(
            "ListPolicyTags puts short keys first, keys of one length by their characters.",
            _POLICIES,
            VERIFIED,
            "tests/wire/test_iam_policies.py::test_tags_of_a_policy_are_listed_with_short_keys_first",
        ),
        Fact(
            "ListEntitiesForPolicy of an unknown policy answers `Policy ARN does not exist or is not attachable.`; its filters LocalManagedPolicy and AWSManagedPolicy leave out roles and users.",
            _POLICIES,
            VERIFIED,
            "tests/wire/test_iam_policies.py::test_a_policy_knows_who_has_it",
        ),
        Fact(
            "A fifty-first tag answers LimitExceeded: `The number of tags has reached the maximum limit.`",
            "recorded from AWS, LocalStack snapshot test_iam_oidc, 18 February 2026",
            VERIFIED,
            "tests/iam/test_roles.py::test_a_role_has_at_most_fifty_tags",
        ),
        Fact(
            "Tag keys of roles and users that differ only in case answer InvalidInput: `Duplicate tag keys found. Please note that Tag keys are case insensitive.`",
            _ROLES,
            VERIFIED,
            "tests/iam/test_roles.py::test_tags_are_joined_and_taken_away_without_regard_to_case",
        ),
        Fact(
            "AWSLambdaDynamoDBExecutionRole v1 allows the four stream actions and the three log actions on `*`; AWSLambdaBasicExecutionRole v1 the log actions; AWSLambdaInvocation-DynamoDB v1 lambda:InvokeFunction and the stream actions.",
            "AWS managed policy reference guide",
            DOCUMENTED,
            "tests/wire/test_iam_roles.py::test_the_managed_policies_say_what_they_allow",
        ),
        Fact(
            "GetPolicy shows Tags as an empty list and a Description; ListPolicies shows neither.",
            _MANAGED,
            VERIFIED,
        ),
        Fact(
            "An unknown version, also of a policy that is not there, answers NoSuchEntity: `Policy ARN version v9 does not exist or is not attachable.`",
            _POLICIES,
            VERIFIED,
            "tests/wire/test_iam_policies.py::test_a_version_of_a_policy_that_is_not_there_is_missed_like_any_other",
        ),
        Fact(
            "A Marker that was not given out is refused with ValidationError: `Invalid Marker.`",
            "recorded from AWS, LocalStack snapshot test_iam_mfa, 17 February 2026",
            VERIFIED,
            "tests/wire/test_iam_roles.py::test_another_account_sees_neither_roles_nor_markers",
        ),
        Fact(
            "GetCallerIdentity of a root user answers the account as UserId and `arn:aws:iam::ACCOUNT:root`.",
            f'{_GUIDE}, "IAM identifiers"; STS API reference',
            DOCUMENTED,
            "tests/wire/test_sts.py::test_the_caller_is_the_root_of_the_account_of_its_key",
        ),
    ),
)

"""Numbers of AWS Lambda's function configuration, each with unit and source."""

from __future__ import annotations

#: Seconds. Source: Lambda quotas, "Function timeout".
LONGEST_TIMEOUT = 900
DEFAULT_TIMEOUT = 3
#: MB. Source: Lambda quotas, "Function memory allocation"; the service model now allows more for
#: managed instances, which are not offered here.
LEAST_MEMORY, MOST_MEMORY = 128, 10_240
#: MB. Source: Lambda quotas, "/tmp directory storage".
LEAST_EPHEMERAL, MOST_EPHEMERAL = 512, 10_240
#: Bytes of all environment variables as JSON. Source: Lambda quotas, "Function environment variables".
ENVIRONMENT_BYTES = 4096
#: Characters of a name. Source: recorded error text.
NAME_LENGTH = 64
#: Tags of a function. Source: Lambda developer guide, "Using tags on Lambda functions".
TAGS = 50
TAG_KEY_LENGTH, TAG_VALUE_LENGTH = 128, 256
#: Bytes of the policy of a function, version, alias or layer version. Source: Lambda quotas.
POLICY_BYTES = 20_480
#: Layers of a function. Source: Lambda quotas.
LAYERS = 5
#: Functions in one page of ListFunctions. Source: Lambda API reference, ListFunctions.
PAGE = 50
#: Bytes of all packages of an account and region. Source: Lambda quotas.
CODE_STORAGE_BYTES = 80_530_636_800
#: Concurrent executions that an account may not reserve. Source: Lambda developer guide,
#: "Configuring reserved concurrency for a function".
LEAST_UNRESERVED = 100

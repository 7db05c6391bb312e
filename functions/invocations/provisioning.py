"""A worker's share of provisioned concurrency: environments of every version that wants some.

Every worker keeps as many as are wanted, for any of them may be asked to run the next invocation.
"""

from __future__ import annotations

import logging

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from functions.catalog import provisions
from functions.catalog.models import Provision
from functions.catalog.names import FunctionName
from functions.invocations import limits, preparing
from functions.runtime.pool import Pool
from functions.runtime.spawning import StartError
from functions.runtime.spec import EnvironmentSpec

log = logging.getLogger(__name__)


def keep(pool: Pool, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Have all that is wanted ready in `pool`, and nothing else provisioned.

    Init phases run in the calling thread, which has to be one of its own. What has failed is not
    tried again until something changes.
    """
    rows = Provision.objects.exclude(state=Provision.State.FAILED)
    found = list(rows.filter(function__tenancy__account__isnull=False).select_related("function"))
    wanted = {(_arn(row), row.version) for row in found}
    pool.keep_only(wanted)
    for row in found:
        _keep(row, pool, clock)


def _keep(row: Provision, pool: Pool, clock: Clock) -> None:
    try:
        spec = _spec(row, clock)
        seconds = max(limits.PROVISIONED_INIT_SECONDS, spec.timeout_seconds)
        many = pool.keep(spec, row.wanted, seconds)
    except (AwsError, StartError) as error:
        log.warning("%s:%s cannot be kept ready yet: %s", row.function.name, row.version, error)
        return
    provisions.ready(row, many, failed=many < row.wanted)


def _spec(row: Provision, clock: Clock) -> EnvironmentSpec:
    function = row.function
    account = function.tenancy.account_number
    return preparing.prepare(
        function.tenancy_id, account, function.region, function.name, row.version, clock=clock
    )


def _arn(row: Provision) -> str:
    function = row.function
    return FunctionName(function.tenancy.account_number, function.region, function.name).arn

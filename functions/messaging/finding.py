"""Queues found by name, URL or ARN, listed and counted. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.messaging.attributes import Redrive, Settings
from functions.messaging.models import Message, Queue

MISSING = "The specified queue does not exist."


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages wait, are in flight, and are delayed."""

    visible: int
    in_flight: int
    delayed: int


def of(scope: Scope) -> QuerySet[Queue]:
    """Give the queues of an account and region."""
    return Queue.objects.filter(tenancy_id=scope.tenancy, region=scope.region)


def arn_of(scope: Scope, queue: Queue) -> str:
    """Name a queue of this account and region."""
    return scope.arn("sqs", queue.name)


def url_of(scope: Scope, queue: Queue) -> str:
    """Say where a queue is addressed: at the gateway, under its account."""
    return f"{django_settings.GATEWAY_URL.rstrip('/')}/{scope.account}/{queue.name}"


def settings_of(queue: Queue) -> Settings:
    """Read the settings from a row."""
    redrive = None
    if queue.dead_letter_arn and queue.max_receives:
        redrive = Redrive(queue.dead_letter_arn, queue.max_receives)
    return Settings(
        fifo=queue.fifo,
        content_deduplication=queue.content_deduplication,
        visibility=queue.visibility_seconds,
        retention=queue.retention_seconds,
        delay=queue.delay_seconds,
        wait=queue.wait_seconds,
        max_bytes=queue.max_bytes,
        redrive=redrive,
        redrive_allow=queue.redrive_allow,
        policy=queue.policy,
    )


def find(scope: Scope, name: str) -> Queue:
    """Find a queue by name. Raises AwsError QueueDoesNotExist."""
    queue = of(scope).filter(name=name).first()
    if queue is None:
        raise AwsError("QueueDoesNotExist", MISSING)
    return queue


def find_by_url(scope: Scope, url: str) -> Queue:
    """Find a queue by URL, of which only account and name are looked at, or by its bare name.

    Raises AwsError QueueDoesNotExist. Source: moto's tests verified on AWS.
    """
    account, _, name = urlsplit(url).path.strip("/").rpartition("/")
    at_home = not account or account.rpartition("/")[2] == scope.account
    return find(scope, name if at_home else "")


def find_by_arn(scope: Scope, queue_arn: str) -> Queue | None:
    """Find a queue by ARN; None for anything else, queues of other accounts and regions too."""
    arn = Arn.parse(queue_arn)
    if arn is None or arn.service != "sqs" or not scope.owns(arn):
        return None
    return of(scope).filter(name=arn.resource).first()


def page(scope: Scope, *, prefix: str = "", after: str = "", count: int) -> list[Queue]:
    """List up to `count` queues by name that begin with `prefix` and come after the name `after`."""
    found = of(scope).filter(name__gt=after)
    if prefix:  # not startswith: SQLite's LIKE does not see the case of letters
        found = found.annotate(head=Left("name", len(prefix))).filter(head=prefix)
    return list(found.order_by("name")[:count])


def sources(scope: Scope, queue: Queue, *, after: str = "", count: int) -> list[Queue]:
    """List up to `count` queues by name whose dead letters go to `queue`."""
    found = of(scope).filter(dead_letter_arn=arn_of(scope, queue), name__gt=after)
    return list(found.order_by("name")[:count])


def tally(queue: Queue, *, clock: Clock = SYSTEM_CLOCK) -> Tally:
    """Count a queue's messages."""
    now = int(clock.now() * 1000)
    hidden, begun = Q(visible_ms__gt=now), Q(receives__gt=0)
    counts = alive(queue, now).aggregate(
        visible=Count("pk", filter=~hidden),
        in_flight=Count("pk", filter=hidden & begun),
        delayed=Count("pk", filter=hidden & ~begun),
    )
    return Tally(**counts)


def alive(queue: Queue, now_ms: int) -> QuerySet[Message]:
    """Give the messages that the queue's retention has not ended."""
    oldest = now_ms - queue.retention_seconds * 1000
    return Message.objects.filter(queue=queue, sent_ms__gt=oldest)


def locked(scope: Scope, url: str) -> Queue:
    """Find a queue by URL and keep it for the rest of the transaction."""
    found = find_by_url(scope, url)
    queue = of(scope).select_for_update().filter(pk=found.pk).first()
    if queue is None:
        raise AwsError("QueueDoesNotExist", MISSING)
    return queue

"""All rows of this half, gathered from the rooms for Django."""

from __future__ import annotations

from functions.catalog.models import (
    Alias,
    CodePackage,
    EventInvokeConfig,
    Function,
    FunctionUrl,
    Layer,
    LayerVersion,
    Permission,
    Provision,
    SpentNumber,
    TestEvent,
    Version,
)
from functions.iam.models import (
    AccessKey,
    AttachedPolicy,
    CustomerPolicy,
    PolicyVersion,
    Role,
    RolePolicy,
    User,
    UserAttachment,
    UserPolicy,
)
from functions.invocations.models import Invocation
from functions.messaging.models import (
    Bucket,
    Deduplication,
    Message,
    MessageMove,
    Queue,
    StoredObject,
    Subscription,
    Topic,
)
from functions.observability.metrics.models import Metric, MetricMinute
from functions.observability.models import LogEvent, LogGroup, LogStream, MetricFilter

__all__ = [
    "AccessKey",
    "Alias",
    "AttachedPolicy",
    "Bucket",
    "CodePackage",
    "CustomerPolicy",
    "Deduplication",
    "EventInvokeConfig",
    "Function",
    "FunctionUrl",
    "Invocation",
    "Layer",
    "LayerVersion",
    "LogEvent",
    "LogGroup",
    "LogStream",
    "Message",
    "MessageMove",
    "Metric",
    "MetricFilter",
    "MetricMinute",
    "Permission",
    "PolicyVersion",
    "Provision",
    "Queue",
    "Role",
    "RolePolicy",
    "SpentNumber",
    "StoredObject",
    "Subscription",
    "TestEvent",
    "Topic",
    "User",
    "UserAttachment",
    "UserPolicy",
    "Version",
]

"""A message is dropped by its id, without a receipt, once."""

from __future__ import annotations

import pytest

from console.aws.scope import Scope
from functions.messaging import moving, queues, sending
from functions.messaging.sending import Draft
from tests.messaging.conftest import FrozenClock

pytestmark = pytest.mark.django_db


def test_a_message_is_dropped_by_its_id_once(scope: Scope, clock: FrozenClock) -> None:
    queue = queues.create(scope, "graves", {})
    sent = sending.send(queue, Draft("hello"), sender="me", clock=clock)

    assert moving.drop(scope, "graves", sent.message_id)
    assert not moving.drop(scope, "graves", sent.message_id)

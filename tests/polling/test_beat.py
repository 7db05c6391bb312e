"""Beat sends the tick when it is due, and sleeps until then."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from celery import Celery
from celery.schedules import schedule

from console.beat import Beat
from console.celery import TICK_SECONDS

_ENOUGH = 1000


def test_beat_asks_once_when_it_wakes_and_once_before_it_sleeps() -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    app = Celery("beating", set_as_current=False, broker_url="memory://")
    every = schedule(TICK_SECONDS, nowfun=lambda: now, app=app)
    app.conf.beat_schedule = {"tick": {"task": "tick", "schedule": every}}
    sent: list[dt.datetime] = []

    class Recording(Beat):
        def apply_entry(self, entry: Any, producer: Any = None) -> None:
            sent.append(now)

    beat = Recording(app)
    asked = 0
    while len(sent) < 5 and asked < _ENOUGH:
        asked += 1
        now += dt.timedelta(seconds=max(beat.tick() or 0.0, 0.0))

    gaps = {later - earlier for earlier, later in itertools.pairwise(sent)}
    assert gaps == {dt.timedelta(seconds=TICK_SECONDS)}
    assert asked <= 2 * len(sent) + 1

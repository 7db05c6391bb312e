"""Staged triggers that nobody saves do not stay for ever."""

from __future__ import annotations

from triggers.mappings import drafts
from triggers.models import TriggerDraft


def test_a_draft_goes_when_nobody_has_saved_it_for_long(world, settings) -> None:
    world.function()
    members = {"EventSourceArn": world.arn, "StartingPosition": "LATEST"}
    drafts.stage(world.scope, "f", members, clock=world.clock)
    world.clock.sleep(settings.DRAFT_RETENTION_DAYS * 86_400 - 1)

    kept = drafts.trim(clock=world.clock)
    world.clock.sleep(2)

    assert (kept, drafts.trim(clock=world.clock)) == (0, 1)
    assert not TriggerDraft.objects.exists()

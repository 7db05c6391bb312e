"""Forms of queues: make one, change its settings, send, receive, move dead letters."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from console.pages.forms.form import ConsoleForm
from console.pages.refusals import Advice


def _text(**attrs: str) -> forms.TextInput:
    return forms.TextInput({"autocomplete": "off", "spellcheck": "false", **attrs})


def _number(initial: int | None = None, *, required: bool = True) -> forms.IntegerField:
    widget = _text(inputmode="numeric")
    return forms.IntegerField(initial=initial, required=required, widget=widget)


class QueueForm(ConsoleForm):
    """A new queue: what is called .fifo becomes one."""

    noun = "queue"
    advices = (Advice("*", "", "name"),)
    name = forms.CharField(widget=_text(), strip=True)

    def members(self) -> dict[str, Any]:
        """Give the members of CreateQueue."""
        name: str = self.cleaned_data["name"]
        attributes = {"FifoQueue": "true"} if name.endswith(".fifo") else None
        return {"QueueName": name, "Attributes": attributes}


class SendForm(ConsoleForm):
    """A message to send; groups and deduplication are for FIFO queues, a delay is not."""

    noun = "queue"
    advices = (
        Advice("*", "MessageGroupId", "group"),
        Advice("*", "Deduplication", "deduplication"),
        Advice("*", "DelaySeconds", "delay"),
        Advice("*", "", "body"),
    )
    needed_sometimes = frozenset({"body"})
    prefix = "send"
    body = forms.CharField(
        required=False, strip=False, widget=forms.Textarea({"rows": 5, "spellcheck": "false"})
    )
    delay = _number(0)
    group = forms.CharField(required=False, widget=_text())
    deduplication = forms.CharField(required=False, widget=_text())

    def __init__(self, *args: Any, fifo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("delay",) if fifo else ("group", "deduplication"):
            del self.fields[name]

    def members(self) -> dict[str, Any]:
        """Give the members of SendMessage, but for the queue."""
        typed = self.cleaned_data
        return {
            "MessageBody": typed["body"].replace("\r\n", "\n"),
            "DelaySeconds": typed.get("delay") or None,
            "MessageGroupId": typed.get("group") or None,
            "MessageDeduplicationId": typed.get("deduplication") or None,
        }


class ReceiveForm(ConsoleForm):
    """How many messages to take, and for how long others do not see them."""

    noun = "queue"
    advices = (Advice("*", "VisibilityTimeout", "hidden"), Advice("*", "", "count"))
    prefix = "receive"
    count = _number(1)
    hidden = _number(30)

    def members(self) -> dict[str, Any]:
        """Give the members of ReceiveMessage, but for the queue."""
        typed = self.cleaned_data
        return {"MaxNumberOfMessages": typed["count"], "VisibilityTimeout": typed["hidden"]}


class RedriveForm(ConsoleForm):
    """Where dead letters go; nothing chosen: each to the queue it came from."""

    noun = "queue"
    advices = (Advice("*", "PerSecond", "rate"), Advice("*", "", "to"))
    prefix = "redrive"
    to = forms.ChoiceField(required=False)
    rate = _number(required=False)

    def __init__(self, *args: Any, queues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("to", [("", "The queue that each came from"), *queues])

    def members(self) -> dict[str, Any]:
        """Give the members of StartMessageMoveTask, but for the queue."""
        typed = self.cleaned_data
        return {
            "DestinationArn": typed["to"] or None,
            "MaxNumberOfMessagesPerSecond": typed["rate"],
        }


class QueueSettingsForm(ConsoleForm):
    """What a queue does with its messages; times in seconds."""

    noun = "queue"
    advices = (
        Advice("*", "VisibilityTimeout", "visibility"),
        Advice("*", "MessageRetentionPeriod", "retention"),
        Advice("*", "DelaySeconds", "delay"),
        Advice("*", "ReceiveMessageWaitTimeSeconds", "wait"),
        Advice("*", "maxReceiveCount", "receives"),
        Advice("*", "RedrivePolicy|deadLetter|Dead letter", "dead_letters"),
    )
    visibility = _number()
    retention = _number()
    delay = _number()
    wait = _number()
    dead_letters = forms.CharField(required=False, widget=_text(list="queues"))
    receives = _number(10)

    def members(self) -> dict[str, Any]:
        """Give the attributes of SetQueueAttributes."""
        typed = self.cleaned_data
        redrive = {
            "deadLetterTargetArn": typed["dead_letters"],
            "maxReceiveCount": typed["receives"],
        }
        return {
            "VisibilityTimeout": str(typed["visibility"]),
            "MessageRetentionPeriod": str(typed["retention"]),
            "DelaySeconds": str(typed["delay"]),
            "ReceiveMessageWaitTimeSeconds": str(typed["wait"]),
            "RedrivePolicy": json.dumps(redrive) if typed["dead_letters"] else "",
        }

"""Forms of topics: make one, subscribe to it, publish to it."""

from __future__ import annotations

from typing import Any

from django import forms

from console.pages.forms.form import ConsoleForm
from console.pages.forms.widgets import Switch
from console.pages.refusals import Advice

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class TopicForm(ConsoleForm):
    """A new topic."""

    noun = "topic"
    advices = (Advice("*", "", "name"),)
    name = forms.CharField(widget=forms.TextInput(_PLAIN), strip=True)


class SubscribeForm(ConsoleForm):
    """Who gets what is published: a queue or a function, by ARN; the protocol follows from it."""

    noun = "topic"
    advices = (
        Advice("*", "FilterPolicy|Filter policy", "policy"),
        Advice("*", "", "endpoint"),
    )
    prefix = "subscribe"
    endpoint = forms.CharField(
        widget=forms.TextInput(_PLAIN | {"list": "endpoints", "placeholder": "arn:aws:sqs:…"})
    )
    policy = forms.CharField(required=False, widget=forms.TextInput(_PLAIN))
    raw = forms.BooleanField(required=False, widget=Switch)

    def members(self) -> dict[str, Any]:
        """Give the members of Subscribe, but for the topic."""
        typed = self.cleaned_data
        protocol = "lambda" if ":lambda:" in typed["endpoint"] else "sqs"
        attributes = {}
        if typed["policy"]:
            attributes["FilterPolicy"] = typed["policy"]
        if typed["raw"]:
            attributes["RawMessageDelivery"] = "true"
        return {"Protocol": protocol, "Endpoint": typed["endpoint"], "Attributes": attributes}


class PublishForm(ConsoleForm):
    """A message for everybody who is subscribed."""

    noun = "topic"
    advices = (Advice("*", "Subject", "subject"), Advice("*", "", "message"))
    prefix = "publish"
    subject = forms.CharField(required=False, widget=forms.TextInput(_PLAIN))
    message = forms.CharField(
        strip=False, widget=forms.Textarea({"rows": 5, "spellcheck": "false"})
    )

    def members(self) -> dict[str, Any]:
        """Give the members of Publish, but for the topic."""
        typed = self.cleaned_data
        return {
            "Subject": typed["subject"] or None,
            "Message": typed["message"].replace("\r\n", "\n"),
        }

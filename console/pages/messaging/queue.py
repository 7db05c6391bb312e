"""Pages of one queue: looking in without taking a message, sending, receiving, settings.

A message is shown as it lies there: looking receives nothing and hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, ending, labels, live, place
from console.pages.about import about
from console.pages.aws import call
from console.pages.forms.queues import QueueSettingsForm, ReceiveForm, RedriveForm, SendForm
from console.pages.messaging.queues import MOST, trail
from console.pages.triggers import failures
from functions.messaging import finding, moving
from functions.models import Message, Queue

NEWEST = 50

of_queue = about(finding.find, "queues", "queues")
"""Hands a view the queue of its address."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it lies in the queue; `failure`: it tells of records that were given up."""

    message: Message
    hidden: bool
    failure: bool


@require_GET
@of_queue
def show(request: HttpRequest, scope: Scope, queue: Queue) -> HttpResponse:
    """Show a queue and its newest messages."""
    return page(request, scope, queue)


@require_POST
@of_queue
def send(request: HttpRequest, scope: Scope, queue: Queue) -> HttpResponse:
    """Send a message."""
    form = SendForm(request.POST, fifo=queue.fifo)
    if form.is_valid():
        with form.refused_by_aws():
            url = finding.url_of(scope, queue)
            made = call(scope, "sqs", "SendMessage", QueueUrl=url, **form.members())
            messages.success(request, f"Message {made['MessageId']} was sent.")
            return answer.see(reverse("queue", args=[queue.name]))
    return page(request, scope, queue, sending=form)


@require_POST
@of_queue
def receive(request: HttpRequest, scope: Scope, queue: Queue) -> HttpResponse:
    """Take messages as a consumer does: others do not see them for a while."""
    form = ReceiveForm(request.POST)
    if form.is_valid():
        with form.refused_by_aws():
            said = call(
                scope,
                "sqs",
                "ReceiveMessage",
                QueueUrl=finding.url_of(scope, queue),
                MessageSystemAttributeNames=["All"],
                WaitTimeSeconds=0,
                **form.members(),
            )
            return page(request, scope, queue, receiving=form, received=said.get("Messages", []))
    return page(request, scope, queue, receiving=form)


@require_POST
def settle(request: HttpRequest, name: str) -> HttpResponse:
    """Delete a message that was received, or let others see it again."""
    handle = request.POST.get("handle", "")

    def run(scope: Scope, queue: Queue) -> str:
        url = finding.url_of(scope, queue)
        if request.POST.get("do") == "release":
            members = {"ReceiptHandle": handle, "VisibilityTimeout": 0}
            call(scope, "sqs", "ChangeMessageVisibility", QueueUrl=url, **members)
            return "The message can be received again."
        call(scope, "sqs", "DeleteMessage", QueueUrl=url, ReceiptHandle=handle)
        return "The message was deleted."

    return _done(request, name, run)


@of_queue
def settings(request: HttpRequest, scope: Scope, queue: Queue) -> HttpResponse:
    """Change what a queue does with its messages."""
    form = QueueSettingsForm(request.POST or None, initial=_settings(queue))
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            url = finding.url_of(scope, queue)
            call(scope, "sqs", "SetQueueAttributes", QueueUrl=url, Attributes=form.members())
            messages.success(request, "The settings were saved.")
            return answer.see(reverse("queue", args=[queue.name]))
    return answer.page(
        request,
        "queues/settings.html",
        section="queues",
        trail=trail(
            (queue.name, reverse("queue", args=[queue.name])), (labels.text("queue.change"), "")
        ),
        status=422 if form.errors else 200,
        queue=queue,
        form=form,
        others=[arn for arn, _ in others(scope, queue)],
    )


@of_queue
def message(request: HttpRequest, scope: Scope, queue: Queue, message_id: str) -> HttpResponse:
    """Show one message; of a failure the records, and POST runs them again."""
    now = int(SYSTEM_CLOCK.now() * 1000)
    found = finding.alive(queue, now).filter(message_id=message_id).first()
    if found is None:
        gone = AwsError("MessageNotFound", "The message is not in the queue any more.")
        return answer.refused(
            request, gone, section="queues", back=reverse("queue", args=[queue.name])
        )
    result = failures.again(scope, found.body) if request.method == "POST" else None
    return answer.page(
        request,
        "queues/message.html",
        section="queues",
        trail=trail((queue.name, reverse("queue", args=[queue.name])), (message_id, "")),
        queue=queue,
        message=found,
        hidden=found.visible_ms > now,
        told=failures.tell(scope, found.body),
        result=result,
    )


@require_POST
def drop(request: HttpRequest, name: str, message_id: str) -> HttpResponse:
    """Delete a message that was looked at."""

    def run(scope: Scope, queue: Queue) -> str:
        gone = moving.drop(scope, queue.name, message_id)
        return "The message was deleted." if gone else "The message was gone already."

    return _done(request, name, run)


@live.topic("queue")
def render(scope: Scope, name: str) -> str:
    """Render the counts and the newest messages of a queue; nothing once it is gone."""
    queue = finding.of(scope).filter(name=name).first()
    if queue is None:
        return ""
    now = int(SYSTEM_CLOCK.now() * 1000)
    newest = finding.alive(queue, now).order_by("-sent_ms", "-pk")[:NEWEST]
    seen = [Seen(one, one.visible_ms > now, failures.is_one(one.body)) for one in newest]
    context = {"queue": queue, "tally": finding.tally(queue), "seen": seen}
    return render_to_string("queues/messages.html", context)


def purge(request: HttpRequest, name: str) -> HttpResponse:
    """Ask, then drop every message of a queue."""
    return _end(
        request,
        name,
        operation="PurgeQueue",
        done=f"{name} is empty.",
        verb="queue.purge",
        question=f"Purge {name}?",
        consequence="All of its messages go, also those in flight.",
    )


def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Ask, then delete a queue."""
    return _end(
        request,
        name,
        operation="DeleteQueue",
        done=f"Queue {name} was deleted.",
        verb="queue.delete",
        question=f"Delete the queue {name}?",
        consequence="Its messages go with it. Triggers that name it have nowhere to report to.",
    )


def _end(
    request: HttpRequest, name: str, *, operation: str, done: str, verb: str, **asked: str
) -> HttpResponse:
    scope, back = place.scope(request), reverse("queue", args=[name])

    def run() -> str:
        call(scope, "sqs", operation, QueueUrl=finding.url_of(scope, finding.find(scope, name)))
        return done

    return ending.ask(
        request,
        run,
        back=back,
        then=reverse("queues") if operation == "DeleteQueue" else back,
        section="queues",
        trail=trail((name, back), (labels.text(verb), "")),
        title=labels.text(verb),
        verb=verb,
        **asked,
    )


def _done(request: HttpRequest, name: str, run: Callable[[Scope, Queue], str]) -> HttpResponse:
    """Run something with a queue, say how that went, and go back to it."""
    scope = place.scope(request)
    try:
        messages.success(request, run(scope, finding.find(scope, name)))
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return answer.see(reverse("queue", args=[name]))


def missing(request: HttpRequest, error: AwsError) -> HttpResponse:
    """Say that there is no such queue."""
    return answer.refused(request, error, section="queues", back=reverse("queues"))


def page(
    request: HttpRequest,
    scope: Scope,
    queue: Queue,
    *,
    sending: SendForm | None = None,
    receiving: ReceiveForm | None = None,
    received: list[dict[str, Any]] | None = None,
    redriving: RedriveForm | None = None,
) -> HttpResponse:
    """Show a queue; a form that was refused keeps what was typed."""
    topic, moves = f"queue:{queue.name}", f"moves:{queue.name}"
    refused = any(form is not None and form.errors for form in (sending, receiving, redriving))
    return answer.page(
        request,
        "queues/show.html",
        section="queues",
        trail=trail((queue.name, "")),
        status=422 if refused else 200,
        queue=queue,
        arn=scope.arn("sqs", queue.name),
        sending=sending or SendForm(fifo=queue.fifo),
        receiving=receiving or ReceiveForm(initial={"hidden": queue.visibility_seconds}),
        received=received,
        redriving=redriving or RedriveForm(queues=others(scope, queue)),
        sources=finding.sources(scope, queue, count=20),
        topic=topic,
        moves_topic=moves,
        topics=[topic, moves],
    )


def others(scope: Scope, queue: Queue) -> list[tuple[str, str]]:
    """List the other queues of this account and region: ARN and name."""
    found = finding.page(scope, count=MOST)
    return [(finding.arn_of(scope, one), one.name) for one in found if one.pk != queue.pk]


def _settings(queue: Queue) -> dict[str, Any]:
    return {
        "visibility": queue.visibility_seconds,
        "retention": queue.retention_seconds,
        "delay": queue.delay_seconds,
        "wait": queue.wait_seconds,
        "dead_letters": queue.dead_letter_arn,
        "receives": queue.max_receives or 10,
    }

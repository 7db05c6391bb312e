"""Pages of topics: the list, making one, its subscriptions, publishing to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, ending, labels, lists, place
from console.pages.about import about
from console.pages.aws import call
from console.pages.forms.topics import PublishForm, SubscribeForm, TopicForm
from console.pages.functions import listing
from functions.messaging import finding, subscriptions, topics
from functions.models import Subscription, Topic
from triggers.models import EventSourceMapping

MOST = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A subscription as the page shows it."""

    subscription: Subscription
    arn: str


def _find(scope: Scope, name: str) -> Topic:
    return topics.find(scope, scope.arn("sns", name))


_of_topic = about(_find, "topics", "topics")


def trail(*more: tuple[str, str]) -> answer.Trail:
    """Begin the breadcrumbs of a page about a topic."""
    return [(labels.text("topic.list"), reverse("topics")), *more]


def index(request: HttpRequest) -> HttpResponse:
    """List the topics of this account and region; POST makes one."""
    scope = place.scope(request)
    form = TopicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            call(scope, "sns", "CreateTopic", Name=form.cleaned_data["name"])
            return answer.see(reverse("topic", args=[form.cleaned_data["name"]]))
    counted = topics.of(scope).annotate(subscribers=Count("subscriptions"))
    listed = lists.of_rows(request, "topic.list", counted)
    return answer.page(
        request,
        "topics/index.html",
        section="topics",
        trail=trail(),
        status=422 if form.errors else 200,
        rows=listed.page,
        listed=listed,
        form=form,
    )


@require_GET
@_of_topic
def show(request: HttpRequest, scope: Scope, topic: Topic) -> HttpResponse:
    """Show a topic with its subscriptions."""
    return _page(request, scope, topic)


@require_POST
@_of_topic
def subscribe(request: HttpRequest, scope: Scope, topic: Topic) -> HttpResponse:
    """Subscribe a queue or a function."""
    form = SubscribeForm(request.POST)
    if form.is_valid():
        with form.refused_by_aws():
            arn = topics.arn_of(scope, topic)
            call(scope, "sns", "Subscribe", TopicArn=arn, **form.members())
            return answer.see(reverse("topic", args=[topic.name]))
    return _page(request, scope, topic, subscribing=form)


@require_POST
@_of_topic
def publish(request: HttpRequest, scope: Scope, topic: Topic) -> HttpResponse:
    """Publish a message to everybody who is subscribed."""
    form = PublishForm(request.POST)
    if form.is_valid():
        with form.refused_by_aws():
            arn = topics.arn_of(scope, topic)
            made = call(scope, "sns", "Publish", TopicArn=arn, **form.members())
            messages.success(request, f"Message {made['MessageId']} was published.")
            return answer.see(reverse("topic", args=[topic.name]))
    return _page(request, scope, topic, publishing=form)


@require_POST
def unsubscribe(request: HttpRequest, name: str) -> HttpResponse:
    """End a subscription."""
    arn = request.POST.get("subscription", "")
    try:
        call(place.scope(request), "sns", "Unsubscribe", SubscriptionArn=arn)
        messages.success(request, "The subscription was ended.")
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return answer.see(reverse("topic", args=[name]))


def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Ask, then delete a topic."""
    scope, here = place.scope(request), reverse("topic", args=[name])

    def run() -> str:
        call(scope, "sns", "DeleteTopic", TopicArn=scope.arn("sns", name))
        return f"Topic {name} was deleted."

    return ending.ask(
        request,
        run,
        back=here,
        then=reverse("topics"),
        section="topics",
        trail=trail((name, here), (labels.text("topic.delete"), "")),
        title=labels.text("topic.delete"),
        question=f"Delete the topic {name}?",
        consequence="Its subscriptions end. Triggers that name it have nowhere to report to.",
        verb="topic.delete",
    )


def _page(
    request: HttpRequest,
    scope: Scope,
    topic: Topic,
    *,
    subscribing: SubscribeForm | None = None,
    publishing: PublishForm | None = None,
) -> HttpResponse:
    arn = topics.arn_of(scope, topic)
    found = subscriptions.page(scope, topic=topic, count=MOST)
    refused = any(form is not None and form.errors for form in (subscribing, publishing))
    queues = [finding.arn_of(scope, one) for one in finding.page(scope, count=MOST)]
    named = listing.rows(scope).values_list("name", flat=True)[:MOST]
    return answer.page(
        request,
        "topics/show.html",
        section="topics",
        trail=trail((topic.name, "")),
        status=422 if refused else 200,
        topic=topic,
        arn=arn,
        rows=[Row(one, subscriptions.arn_of(scope, topic, one)) for one in found],
        reporting=EventSourceMapping.objects.filter(
            tenancy_id=scope.tenancy, region=scope.region, destination=arn
        ).order_by("function_name"),
        endpoints=[*queues, *(scope.arn("lambda", f"function:{one}") for one in named)],
        subscribing=subscribing or SubscribeForm(),
        publishing=publishing or PublishForm(),
    )

"""The frame around everything about one function: its tabs, and the settings of Configuration.

A new tab or a new page of settings is one line here, one route and one template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.aws.scope import Scope
from console.pages import answer, labels
from functions.models import Function


@dataclass(frozen=True, slots=True)
class Tab:
    """A link of the frame: what the page calls itself, a label id, and the route it leads to."""

    key: str
    label: str
    route: str


TABS = (
    Tab("code", "function.code", "function"),
    Tab("test", "function.test", "function-test"),
    Tab("monitor", "function.monitor", "function-monitor"),
    Tab("configuration", "function.configuration", "function-configuration"),
    Tab("aliases", "alias.list", "function-aliases"),
    Tab("versions", "version.list", "function-versions"),
)
SETTINGS = (
    Tab("general", "configuration.general", "function-configuration"),
    Tab("triggers", "configuration.triggers", "function-triggers"),
    Tab("permissions", "configuration.permissions", "function-permissions"),
    Tab("destinations", "destination.list", "function-destinations"),
    Tab("asynchronous", "asynchronous.heading", "function-asynchronous"),
    Tab("concurrency", "concurrency.heading", "function-concurrency"),
    Tab("address", "address.heading", "function-address"),
    Tab("environment", "configuration.environment", "function-environment"),
    Tab("logging", "logging.heading", "function-logging"),
    Tab("tags", "configuration.tags", "function-tags"),
)
"""The pages of the Configuration tab, in the order of their list."""


def show(
    request: HttpRequest,
    scope: Scope,
    function: Function,
    template: str,
    *,
    tab: str,
    setting: str = "",
    qualifier: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Show a page about `function` with one of its tabs, or one page of its settings, open.

    `qualifier` is the version or alias that the page is about; empty for $LATEST.
    """
    name = f"{function.name}:{qualifier}" if qualifier else function.name
    return answer.page(
        request,
        template,
        section="functions",
        trail=_trail(function.name, tab, setting),
        status=status,
        function=function,
        arn=scope.arn("lambda", f"function:{name}"),
        qualifier=qualifier,
        tabs=TABS,
        tab=tab,
        settings=SETTINGS,
        setting=setting,
        **context,
    )


def _trail(name: str, tab: str, setting: str) -> answer.Trail:
    here: answer.Trail = [(labels.text("function.list"), reverse("functions"))]
    steps = [Tab("", "", "function")]
    steps += [one for one in TABS[1:] if one.key == tab]
    steps += [one for one in SETTINGS[1:] if one.key == setting]
    texts = [labels.text(one.label) if one.label else name for one in steps]
    links = [reverse(one.route, args=[name]) for one in steps[:-1]]
    return [*here, *zip(texts, [*links, ""], strict=True)]

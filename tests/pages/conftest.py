"""Builders for pages: a browser without JavaScript, and things to look at."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from console.pages.aws import call
from console.pages.functions import blueprints, source
from console.pages.tables import standing as streams
from functions.iam import managed, roles
from tests.product import RUNTIME

FORM = re.compile(r"<form\b[^>]*>")


@dataclass
class Browser:
    """A visitor without JavaScript in account 000000000000, us-east-1."""

    client: Client
    scope: Scope

    def get(self, path: str, **headers: Any) -> HttpResponse:
        return self.client.get(path, **headers)

    def post(self, path: str, **fields: Any) -> HttpResponse:
        return self.client.post(path, fields)

    def read(self, path: str) -> str:
        """Read a page as text; the page must answer."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"
        return text(answer)

    def table(self, name: str = "Orders", *, stream: bool = True, sort: str = "") -> None:
        """Make a table with the partition key id."""
        names = ["id", sort] if sort else ["id"]
        stream_on = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        call(
            self.scope,
            "dynamodb",
            "CreateTable",
            TableName=name,
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
            KeySchema=[
                {"AttributeName": n, "KeyType": kind}
                for n, kind in zip(names, ("HASH", "RANGE"), strict=False)
            ],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification=stream_on if stream else None,
        )

    def function(self, name: str = "reader", *, may_read: bool = True) -> None:
        """Make a function whose role may or may not read streams."""
        policies = [managed.DYNAMODB_EXECUTION.arn] if may_read else []
        role = roles.create_lambda_role(self.scope, f"{name}-role", policies)
        call(
            self.scope,
            "lambda",
            "CreateFunction",
            FunctionName=name,
            Runtime=RUNTIME,
            Role=roles.arn_of(self.scope, role),
            Handler="lambda_function.lambda_handler",
            Code={"ZipFile": source.pack(source.MAIN, blueprints.BLANK.code)},
        )

    def stream_arn(self, table: str = "Orders") -> str:
        return next(one.stream_arn for one in streams.cards(self.scope) if one.name == table)

    def trigger(self, function: str = "reader", table: str = "Orders", **more: Any) -> str:
        """Make a saved trigger; its UUID."""
        made = call(
            self.scope,
            "lambda",
            "CreateEventSourceMapping",
            FunctionName=function,
            EventSourceArn=self.stream_arn(table),
            StartingPosition="TRIM_HORIZON",
            **more,
        )
        return str(made["UUID"])

    def item(self, table: str = "Orders", **values: str) -> None:
        """Put an item of strings."""
        item = {name: {"S": value} for name, value in values.items()}
        call(self.scope, "dynamodb", "PutItem", TableName=table, Item=item)


def text(answer: HttpResponse) -> str:
    """The page without its tags, blanks drawn together."""
    bare = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(bare).split())


def markup(answer: HttpResponse) -> str:
    """The page with its tags, blanks drawn together."""
    return " ".join(answer.content.decode().split())


@pytest.fixture
def browser(db: None, settings: Any) -> Browser:
    settings.TABLE_DELAY_SECONDS = settings.FUNCTION_DELAY_SECONDS = 0
    settings.MAPPING_DELAY_SECONDS = 0
    return Browser(Client(), scope_for("000000000000", "us-east-1"))

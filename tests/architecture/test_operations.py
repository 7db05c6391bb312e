"""Every offered operation is AWS's own, says what it honours, and is called over the wire by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from botocore import xform_name

from console import offers
from console.aws import registry
from console.aws.registry import Operation
from console.aws.wire.models import operation_model

offers.load()
OFFERED = registry.offered()
WIRE = Path(__file__).parents[1] / "wire"


def name(operation: Operation) -> str:
    return f"{operation.service}:{operation.name}"


def members(operation: Operation) -> frozenset[str]:
    model = operation_model(operation.service, operation.name)
    assert model is not None
    return frozenset(model.input_shape.members if model.input_shape else ())


def test_the_rooms_offer_operations():
    assert {o.service for o in OFFERED} >= {"dynamodb", "dynamodbstreams", "lambda", "iam", "sts"}


@pytest.mark.parametrize("operation", OFFERED, ids=name)
def test_an_offered_operation_is_one_of_awss(operation):
    assert operation_model(operation.service, operation.name) is not None


@pytest.mark.parametrize("operation", OFFERED, ids=name)
def test_honoured_and_recorded_members_are_real_and_apart(operation):
    assert operation.honours | operation.records <= members(operation)
    assert not operation.honours & operation.records


@pytest.mark.parametrize("operation", OFFERED, ids=name)
def test_required_members_are_honoured(operation):
    model = operation_model(operation.service, operation.name)
    required = model.input_shape.required_members if model.input_shape else []

    assert operation.honours >= set(required)


def called_on_the_wire() -> frozenset[str]:
    """Names of methods and CLI commands in the wire tests' text.

    A name is enough: two services' operations of one name are not told apart here.
    """
    text = "\n".join(path.read_text() for path in WIRE.glob("test_*.py"))
    methods = re.findall(r"\.([a-z_0-9]+)\(", text)
    commands = re.findall(r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""", text)
    paginated = re.findall(r"""get_paginator\(\s*["']([a-z_0-9]+)["']""", text)
    return frozenset(methods) | frozenset(paginated) | {c.replace("-", "_") for c in commands}


CALLED = called_on_the_wire()


@pytest.mark.parametrize("operation", OFFERED, ids=name)
def test_every_offered_operation_is_called_over_the_wire(operation):
    assert xform_name(operation.name) in CALLED

"""Versions of layers that nobody has any more: their packages go."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import LazySettings

from console.aws.scope import Scope
from functions.catalog import layers, lifecycle
from functions.catalog.configuration import Configuration
from functions.catalog.layers import NewLayer
from functions.catalog.models import CodePackage, LayerVersion
from functions.catalog.names import read_name
from tests.catalog.conftest import package

New = Callable[..., Configuration]


def test_a_deleted_version_goes_with_the_last_function_that_has_it(
    scope: Scope, new: New, settings: LazySettings
) -> None:
    settings.FUNCTION_DELAY_SECONDS = 0
    name = layers.read_name(scope, "tools", 1)
    layers.publish(scope, layers.read_name(scope, "tools"), package("only = 'here'"), NewLayer())
    lifecycle.create_function(scope, new(layers=[name.arn]), package())

    assert layers.forget_unused() == 0
    layers.delete(scope, name)
    assert layers.forget_unused() == 0  # the function has it
    lifecycle.delete_function(scope, read_name(scope, "greet"))
    assert layers.forget_unused() == 1

    assert not LayerVersion.objects.exists()
    assert not CodePackage.objects.exists()
    assert layers.publish(scope, name, package(), NewLayer()).number == 2

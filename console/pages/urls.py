"""The addresses of the console's pages."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from console.pages import health, live, logs, search, switcher
from console.pages.access import policies, roles, users
from console.pages.functions import (
    addresses,
    aliases,
    asynchronous,
    concurrency,
    configuration,
    destinations,
    layers,
    packages,
    testing,
    versions,
)
from console.pages.functions import listing as functions
from console.pages.functions import monitor as functionmonitor
from console.pages.items import editor, kept, loading, partiql, transfer
from console.pages.items import exploring as items
from console.pages.messaging import buckets, moves, queue, queues, topics
from console.pages.tables import creating, exports, indexes, settings
from console.pages.tables import listing as tables
from console.pages.tables import monitor as tablemonitor
from console.pages.triggers import configuring as triggers
from console.pages.triggers import journey
from console.pages.triggers import saved as trigger

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="functions")),
    path("events", live.events, name="events"),
    path("live", live.part, name="live"),
    path("search", search.search, name="search"),
    path("place", switcher.switch, name="place"),
    path("theme", switcher.theme, name="theme"),
    path("health/", health.show, name="health"),
    path("functions/", functions.index, name="functions"),
    path("functions/create", functions.create, name="function-create"),
    path("functions/<str:name>/", triggers.show, name="function"),
    path("functions/<str:name>/deploy", packages.deploy, name="function-deploy"),
    path("functions/<str:name>/files/add", packages.add, name="file-add"),
    path("functions/<str:name>/files/rename", packages.rename, name="file-rename"),
    path("functions/<str:name>/files/delete", packages.remove, name="file-delete"),
    path("functions/<str:name>/package", packages.upload, name="package-upload"),
    path("functions/<str:name>/package.zip", packages.download, name="package-download"),
    path("functions/<str:name>/run", testing.run_saved, name="function-run"),
    path("functions/<str:name>/test", testing.show, name="function-test"),
    path("functions/<str:name>/test/delete", testing.delete, name="function-event-delete"),
    path("functions/<str:name>/monitor", functionmonitor.show, name="function-monitor"),
    path("functions/<str:name>/logs", logs.of_function, name="function-logs"),
    path(
        "functions/<str:name>/configuration", configuration.general, name="function-configuration"
    ),
    path(
        "functions/<str:name>/configuration/triggers",
        configuration.triggers,
        name="function-triggers",
    ),
    path(
        "functions/<str:name>/configuration/permissions",
        configuration.permissions,
        name="function-permissions",
    ),
    path(
        "functions/<str:name>/configuration/logging", configuration.logging, name="function-logging"
    ),
    path(
        "functions/<str:name>/configuration/environment",
        configuration.environment,
        name="function-environment",
    ),
    path(
        "functions/<str:name>/configuration/destinations",
        destinations.index,
        name="function-destinations",
    ),
    path(
        "functions/<str:name>/configuration/asynchronous",
        asynchronous.show,
        name="function-asynchronous",
    ),
    path(
        "functions/<str:name>/configuration/concurrency",
        concurrency.show,
        name="function-concurrency",
    ),
    path("functions/<str:name>/configuration/url", addresses.show, name="function-address"),
    path(
        "functions/<str:name>/configuration/provisioned",
        concurrency.provision,
        name="function-provision",
    ),
    path(
        "functions/<str:name>/configuration/policy",
        configuration.statement,
        name="function-policy",
    ),
    path("functions/<str:name>/aliases", aliases.index, name="function-aliases"),
    path("functions/<str:name>/aliases/<str:alias>/", aliases.show, name="function-alias"),
    path(
        "functions/<str:name>/aliases/<str:alias>/delete",
        aliases.delete,
        name="function-alias-delete",
    ),
    path("functions/<str:name>/versions", versions.index, name="function-versions"),
    path("functions/<str:name>/versions/compare", versions.compare, name="function-compare"),
    path(
        "functions/<str:name>/versions/<int:number>/delete",
        versions.delete,
        name="function-version-delete",
    ),
    path("functions/<str:name>/configuration/tags", configuration.tags, name="function-tags"),
    path("functions/<str:name>/delete", functions.delete, name="function-delete"),
    path("functions/<str:name>/triggers/add", triggers.add, name="trigger-add"),
    path("functions/<str:name>/triggers/preview", triggers.preview, name="trigger-preview"),
    path("functions/<str:name>/triggers/save", triggers.save, name="triggers-save"),
    path("functions/<str:name>/triggers/drafts/<int:draft_id>", triggers.remove, name="draft"),
    path("functions/<str:name>/triggers/<str:uuid>/", trigger.show, name="trigger"),
    path("functions/<str:name>/triggers/<str:uuid>/change", trigger.change, name="trigger-change"),
    path(
        "functions/<str:name>/triggers/<str:uuid>/records/<int:shard>/<int:seq>/",
        journey.show,
        name="record",
    ),
    path("functions/<str:name>/triggers/<str:uuid>/records/", journey.search, name="records"),
    path("functions/<str:name>/triggers/<str:uuid>/preview", trigger.preview, name="edit-preview"),
    path(
        "functions/<str:name>/triggers/<str:uuid>/disable", trigger.disable, name="trigger-disable"
    ),
    path("functions/<str:name>/triggers/<str:uuid>/delete", trigger.delete, name="trigger-delete"),
    path("layers/", layers.index, name="layers"),
    path("layers/<str:name>/", layers.show, name="layer"),
    path("layers/<str:name>/<int:number>/delete", layers.delete, name="layer-delete"),
    path("tables/", tables.index, name="tables"),
    path("tables/create", creating.create, name="table-create"),
    path("tables/<str:name>/", tables.show, name="table"),
    path("tables/<str:name>/indexes", indexes.index, name="table-indexes"),
    path("tables/<str:name>/indexes/create", indexes.create, name="table-index-create"),
    path(
        "tables/<str:name>/indexes/<str:index_name>/delete",
        indexes.delete,
        name="table-index-delete",
    ),
    path("tables/<str:name>/monitor", tablemonitor.show, name="table-monitor"),
    path("tables/<str:name>/settings", settings.show, name="table-settings"),
    path("tables/<str:name>/streams", exports.show, name="table-streams"),
    path("tables/<str:name>/records", exports.all_records, name="table-records"),
    path("tables/<str:name>/trigger", exports.trigger, name="table-trigger"),
    path("tables/<str:name>/delete", tables.delete, name="table-delete"),
    path("tables/<str:name>/items/", items.index, name="items"),
    path("tables/<str:name>/items/edit", editor.edit, name="item"),
    path("tables/<str:name>/items/preview", editor.preview, name="item-preview"),
    path("tables/<str:name>/items/delete", transfer.delete, name="item-delete"),
    path("tables/<str:name>/items/export", transfer.export, name="items-export"),
    path("tables/<str:name>/items/import", transfer.load, name="items-import"),
    path("tables/<str:name>/items/bookmarks", kept.bookmark, name="items-bookmark"),
    path("tables/<str:name>/load", loading.show, name="table-load"),
    path("partiql/", partiql.edit, name="partiql"),
    path("partiql/clear", kept.clear_statements, name="partiql-clear"),
    path("items/", items.explore, name="explore"),
    path("queues/", queues.index, name="queues"),
    path("queues/<str:name>/", queue.show, name="queue"),
    path("queues/<str:name>/send", queue.send, name="queue-send"),
    path("queues/<str:name>/receive", queue.receive, name="queue-receive"),
    path("queues/<str:name>/settle", queue.settle, name="queue-settle"),
    path("queues/<str:name>/redrive", moves.redrive, name="queue-redrive"),
    path("queues/<str:name>/settings", queue.settings, name="queue-settings"),
    path("queues/<str:name>/purge", queue.purge, name="queue-purge"),
    path("queues/<str:name>/delete", queue.delete, name="queue-delete"),
    path("queues/<str:name>/messages/<str:message_id>/", queue.message, name="message"),
    path("queues/<str:name>/messages/<str:message_id>/delete", queue.drop, name="message-delete"),
    path("topics/", topics.index, name="topics"),
    path("topics/<str:name>/", topics.show, name="topic"),
    path("topics/<str:name>/subscribe", topics.subscribe, name="topic-subscribe"),
    path("topics/<str:name>/unsubscribe", topics.unsubscribe, name="topic-unsubscribe"),
    path("topics/<str:name>/publish", topics.publish, name="topic-publish"),
    path("topics/<str:name>/delete", topics.delete, name="topic-delete"),
    path("buckets/", buckets.index, name="buckets"),
    path("buckets/<str:name>/", buckets.show, name="bucket"),
    path("buckets/<str:name>/object", buckets.show_object, name="object"),
    path("buckets/<str:name>/download", buckets.download, name="object-download"),
    path("buckets/<str:name>/drop", buckets.drop, name="object-delete"),
    path("buckets/<str:name>/delete", buckets.delete, name="bucket-delete"),
    path("logs/", logs.index, name="log-groups"),
    path("logs/group", logs.group, name="log-group"),
    path("logs/group/retain", logs.retain, name="log-group-retain"),
    path("logs/group/delete", logs.delete, name="log-group-delete"),
    path("roles/", roles.index, name="roles"),
    path("roles/create", roles.create, name="role-create"),
    path("roles/<str:name>/", roles.show, name="role"),
    path("roles/<str:name>/detach", roles.detach, name="role-detach"),
    path("roles/<str:name>/delete", roles.delete, name="role-delete"),
    path("roles/<str:name>/inline", roles.edit_inline, name="role-inline"),
    path("roles/<str:name>/inline/delete", roles.delete_inline, name="role-inline-delete"),
    path("roles/<str:name>/trust", roles.trust, name="role-trust"),
    path("policies/", policies.index, name="policies"),
    path("policies/create", policies.create, name="policy-create"),
    path("policies/policy", policies.show, name="policy"),
    path("policies/version", policies.version, name="policy-version"),
    path("policies/delete", policies.delete, name="policy-delete"),
    path("users/", users.index, name="users"),
    path("users/create", users.create, name="user-create"),
    path("users/enforcement", users.enforce, name="user-enforcement"),
    path("users/<str:name>/", users.show, name="user"),
    path("users/<str:name>/detach", users.detach, name="user-detach"),
    path("users/<str:name>/inline", users.edit_inline, name="user-inline"),
    path("users/<str:name>/inline/delete", users.delete_inline, name="user-inline-delete"),
    path("users/<str:name>/keys/create", users.new_key, name="user-key-create"),
    path("users/<str:name>/keys", users.key, name="user-key"),
    path("users/<str:name>/delete", users.delete, name="user-delete"),
]

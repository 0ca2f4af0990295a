"""Connecting, testing, mending and ending a workspace's accounts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import connecting, health
from integrations.account_fields import FIELDS
from integrations.addresses import webhook_url
from integrations.models import Connection, Provider
from integrations.pages.forms import AccountForm
from integrations.pages.sections import CONNECTIONS, address, trouble, turned_away
from zrg.web import settings_pages
from zrg.workspaces.models import Workspace

SECTION = CONNECTIONS.key


@require_safe
def listed(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """The section."""
    return settings_pages.show_section(request, settings_pages.may_see(request, workspace_id), SECTION)


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, workspace_id: UUID, provider: str) -> HttpResponse:
    """The account at a provider: its fields, its webhook address. Saving tests it, and says what was found; a Slack
    token is tried before."""
    workspace = settings_pages.may_change(request, workspace_id)
    kind = _known(provider)
    connection = Connection.objects.filter(workspace=workspace, provider=kind).first()
    given = request.POST if request.method == "POST" else None
    form = AccountForm(given, workspace=workspace, kind=kind, connection=connection)
    if request.method == "POST" and (found := form.connect(by=settings_pages.person(request))) is not None:
        say = messages.success if found.is_ok else messages.error
        say(request, f"Saved. {found.text}")
        return HttpResponseRedirect(address("account", workspace, kind))
    return settings_pages.sub_page(
        request,
        workspace,
        "integrations/account.html",
        tab="integrations",
        form=form,
        kind=kind,
        connection=connection,
        trouble=trouble(connection) if connection else "",
        turned_away=turned_away(workspace, provider=kind),
        webhook_url=webhook_url(connection) if connection else "",
        **{name: address(name, workspace, kind) for name in ("test", "renew", "disconnect")},
    )


@require_POST
def test(request: HttpRequest, workspace_id: UUID, provider: str) -> HttpResponse:
    """One harmless real call."""
    workspace, connection = _mine(request, workspace_id, provider)
    found = health.test(connection)
    if found.is_ok:
        return settings_pages.saved_section(request, workspace, SECTION, found.text)
    return settings_pages.told_section(request, workspace, SECTION, found.text)


@require_POST
def renew(request: HttpRequest, workspace_id: UUID, provider: str) -> HttpResponse:
    """A new webhook address; the old one is dead at once."""
    workspace, connection = _mine(request, workspace_id, provider)
    with settings_pages.acting(request):
        connecting.renew_webhook_token(connection, by=settings_pages.person(request))
    messages.success(request, "New webhook address. Enter it at the provider now.")
    return HttpResponseRedirect(address("account", workspace, Provider(connection.provider)))


@require_POST
def disconnect(request: HttpRequest, workspace_id: UUID, provider: str) -> HttpResponse:
    """The account goes with its credentials; conversations stay."""
    workspace, connection = _mine(request, workspace_id, provider)
    with settings_pages.acting(request):
        connecting.disconnect(connection, by=settings_pages.person(request))
    messages.success(request, f"{connection.get_provider_display()} is disconnected.")
    return HttpResponseRedirect(settings_pages.address(workspace, "integrations", SECTION))


def _mine(request: HttpRequest, workspace_id: UUID, provider: str) -> tuple[Workspace, Connection]:
    """For those who may change it. 404 where there is no such account."""
    workspace = settings_pages.may_change(request, workspace_id)
    return workspace, get_object_or_404(Connection, workspace=workspace, provider=_known(provider))


def _known(provider: str) -> Provider:
    if provider not in FIELDS:
        raise Http404
    return Provider(provider)

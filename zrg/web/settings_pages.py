"""What every settings page is made of: who may see it, a section alone or the whole tab, the word after saving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

import pghistory
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from zrg.web import settings_tabs, times
from zrg.web.htmx import personal, wants_fragment
from zrg.web.settings_tabs import Section
from zrg.workspaces.access import NotAllowed, can, check, standing
from zrg.workspaces.capabilities import Capability, Standing
from zrg.workspaces.choosing import SESSION_KEY, accessible
from zrg.workspaces.models import User, Workspace


# ── Who ────────────────────────────────────────────────────────────────────────
def may_see(request: HttpRequest, workspace_id: UUID) -> Workspace:
    """The workspace, for those who may see its settings. 404 for a stranger; raises NotAllowed."""
    workspace = Workspace.objects.for_user(request.user).select_related("ai_settings").filter(pk=workspace_id).first()
    if workspace is None:
        raise Http404
    check(request.user, Capability.SEE_SETTINGS, workspace)
    return workspace


def may_see_secrets(request: HttpRequest, workspace_id: UUID) -> Workspace:
    """The same, but not for people of the client."""
    workspace = may_see(request, workspace_id)
    if is_client(request, workspace):
        raise NotAllowed("This is your agency's to see. Request changes from ZRG.")
    return workspace


def may_change(request: HttpRequest, workspace_id: UUID) -> Workspace:
    """The workspace, for those who may change its settings. 404 for a stranger; raises NotAllowed."""
    workspace = may_see(request, workspace_id)
    check(request.user, Capability.CHANGE_SETTINGS, workspace)
    return workspace


def is_client(request: HttpRequest, workspace: Workspace) -> bool:
    """Somebody of the client, in the portal?"""
    return standing(request.user, workspace) == Standing.PORTAL


def person(request: HttpRequest) -> User:
    """Who acts: nobody comes here without a sign-in."""
    return cast("User", request.user)


# ── Pages ──────────────────────────────────────────────────────────────────────
def address(workspace: Workspace, tab: str, section: str = "") -> str:
    """The deep link of a tab (spec 01), and of a section in it."""
    query = urlencode({"view": "settings", "clientId": workspace.pk, "settingsTab": tab})
    return f"/?{query}" + (f"#set-{section}" if section else "")


def frame(request: HttpRequest, workspace: Workspace, **more: Any) -> dict[str, Any]:
    """What a page of the frame needs: the switcher and what the person may. Remembers the workspace."""
    if request.session.get(SESSION_KEY) != str(workspace.pk):
        request.session[SESSION_KEY] = str(workspace.pk)
    return {"workspace": workspace, "workspaces": accessible(request), **rights(request, workspace), **more}


def rights(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    """What the templates ask before they show a button or a text."""
    return {
        "workspace": workspace,
        "may_change": can(request.user, Capability.CHANGE_SETTINGS, workspace),
        "is_client": is_client(request, workspace),
    }


def tab_page(
    request: HttpRequest, workspace: Workspace, tab: str, *, instead: dict[str, SafeString] | None = None
) -> HttpResponse:
    """A whole tab (or, for htmx, what is below the tabs); `instead`: sections that were refused, as they are now."""
    shown = [
        (section, (instead or {}).get(section.key) or section_html(request, workspace, section))
        for section in settings_tabs.sections(tab)
    ]
    context = {
        "tab": tab,
        "tab_title": settings_tabs.TABS[tab],
        "tabs": [(key, title, address(workspace, key)) for key, title in settings_tabs.tabs().items()],
        "sections": shown,
        "page_key": "settings",
        "switch_path": f"/?view=settings&settingsTab={tab}&",
    }
    if wants_fragment(request, "tab"):
        return personal(render(request, "settings/_tab.html", rights(request, workspace) | context))
    whole = frame(request, workspace, **context)
    return personal(render(request, "settings/page.html", whole, status=422 if instead else 200))


def sub_page(request: HttpRequest, workspace: Workspace, template: str, *, tab: str, **context: Any) -> HttpResponse:
    """A page below a tab: one persona, one prompt."""
    given: dict[str, Any] = {
        "page_key": "settings",
        "tab": tab,
        "back_href": address(workspace, tab),
        "back_text": settings_tabs.TABS[tab],
        "switch_path": f"/?view=settings&settingsTab={tab}&",
    }
    form = context.get("form")
    status = 422 if isinstance(form, forms.BaseForm) and form.is_bound and form.errors else 200
    return personal(render(request, template, frame(request, workspace, **given | context), status=status))


# ── Sections ───────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Saved:
    """What is said beside the button after saving."""

    text: str
    at: str


def section_html(request: HttpRequest, workspace: Workspace, section: Section, **more: Any) -> SafeString:
    """A section as this person may see it."""
    context = rights(request, workspace) | {"section": section}
    if section.is_secret and context["is_client"]:
        return render_to_string("settings/_hidden.html", context, request)
    return render_to_string(section.template, context | section.context(request, workspace) | more, request)


def show_section(request: HttpRequest, workspace: Workspace, key: str) -> HttpResponse:
    """A section alone for htmx, its tab for a browser without."""
    section = settings_tabs.section(key)
    if not wants_fragment(request):
        return HttpResponseRedirect(address(workspace, section.tab, key))
    return personal(HttpResponse(section_html(request, workspace, section)))


def saved_section(request: HttpRequest, workspace: Workspace, key: str, said: str) -> HttpResponse:
    """The section as it is now, with the word that it was saved and when."""
    section = settings_tabs.section(key)
    if not wants_fragment(request):
        messages.success(request, said)
        return HttpResponseRedirect(address(workspace, section.tab, key))
    saved = Saved(said, times.zoned_clock(timezone.now(), workspace.tzinfo))
    return personal(HttpResponse(section_html(request, workspace, section, saved=saved)))


def save_form(request: HttpRequest, workspace: Workspace, key: str, form: Any, *, said: str) -> HttpResponse:
    """Save the one form of a section, or show what is wrong with it."""
    if not form.is_valid():
        return refused_section(request, workspace, key, form=form)
    with acting(request):
        form.save()
    fresh = Workspace.objects.select_related("ai_settings").get(pk=workspace.pk)
    return saved_section(request, fresh, key, said)


def acting(request: HttpRequest) -> Any:
    """A block whose changes are written down in the history as this person's."""
    return pghistory.context(user=str(person(request).pk), page=request.path)


def refused_section(request: HttpRequest, workspace: Workspace, key: str, **more: Any) -> HttpResponse:
    """The section with what was typed and why it was not saved."""
    section = settings_tabs.section(key)
    html = section_html(request, workspace, section, **more)
    if wants_fragment(request):
        return personal(HttpResponse(html))
    return tab_page(request, workspace, section.tab, instead={key: html})


def told_section(request: HttpRequest, workspace: Workspace, key: str, error: str) -> HttpResponse:
    """The section as it is, with the reason why nothing was done."""
    if wants_fragment(request):
        return refused_section(request, workspace, key, refusal=error)
    messages.error(request, error)
    return HttpResponseRedirect(address(workspace, settings_tabs.section(key).tab, key))

"""The HTML of a row, put together here instead of in a template: a page has 30 to 150 of them, and the template engine
alone would take a third of the 20 ms a page may take. Every text of a lead or a person passes `escape`.
"""

from __future__ import annotations

from html import escape
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from inbox.rows import Row, State

_ROW = (
    '<li class="row{look}{open}" id="row-{id}" data-v="{version}"><a href="{href}{id}"{current}>'
    '<span class="ch-{channel}"><svg class="i" aria-hidden="true"><use href="#i-{glyph}"/></svg>'
    '<span class="vh">{channel_name}</span></span>'
    '<span class="row-who"><b title="{name}">{name}</b> <span class="cut muted">{company}</span></span>'
    '<time datetime="{iso}" title="{when_in_full}">{when}</time>'
    '<span class="row-text" dir="auto">{by}{preview}</span>'
    '<span class="row-foot">{tag}{mark}{state}{assignee}</span></a></li>'
)
_STATE = '<span class="state {}"><svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>{}</span>'
_SENDS = (
    '<span class="state {0}" data-until="{2}"><svg class="ring" viewBox="0 0 16 16" aria-hidden="true">'
    '<circle cx="8" cy="8" r="6"/><circle cx="8" cy="8" r="6" pathLength="100"/></svg><span data-left>{1}</span></span>'
)
_TAG = '<span class="tag tone-{}">{}</span>'
_MARK = '<span class="pill is-warn">{}</span>'
_ASSIGNEE = '<span class="avatar" title="{0}">{1}<span class="vh">, assigned to {0}</span></span>'
_NOBODY = '<span class="avatar is-none" title="Unassigned"></span>'


def row_html(row: Row, *, href: SafeString, open_id: UUID | None) -> SafeString:
    """One list item; `href` is the address up to the lead's id, escaped already."""
    is_open = row.id == open_id
    html = _ROW.format(
        id=row.id,
        version=row.version,
        href=href,
        look=row.look,
        open=" is-open" if is_open else "",
        current=' aria-current="true"' if is_open else "",
        channel=escape(row.channel),
        glyph=row.glyph,
        channel_name=row.channel_name,
        name=escape(row.name),
        company=escape(row.company),
        iso=row.iso,
        when=row.when,
        when_in_full=row.when_in_full,
        by=f'<em dir="auto">{escape(row.by)}:</em> ' if row.by else "",
        preview=escape(row.preview),
        tag=_TAG.format(row.tone, escape(row.tag)) if row.tag else "",
        mark=_MARK.format(row.mark) if row.mark else "",
        state=_state(row.state) if row.state else "",
        assignee=_ASSIGNEE.format(escape(row.assignee), escape(row.initials)) if row.initials else _NOBODY,
    )
    return mark_safe(html)  # noqa: S308 -- every text was escaped


def _state(state: State) -> str:
    if state.until:
        return _SENDS.format(state.look, state.text, state.until)
    return _STATE.format(state.look, state.icon, state.text)

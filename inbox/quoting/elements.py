"""Which HTML elements of which client say "quoted" or "signature". Pure.

Outlook on the web puts `x_` before the ids and classes of what it quotes: it is taken off.
"""

import re
from collections.abc import Mapping

QUOTE = "quote"  # All inside is history.
HISTORY = "history"  # From here to the end is history.
HEADER = "header"  # The same, if a header block stands in it.
INTRODUCTION = "introduction"  # "On … wrote:" and the like.
SIGNATURE = "signature"
DELIMITER = "delimiter"  # "-- " as the standard has it.
INDENTED = "indented"  # A blockquote that may quote or only indent.


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


QUOTING_CLASSES = _names(
    "gmail_quote protonmail_quote tutanota_quote yahoo_quoted ac_quote moz-forward-container "
    "front-blockquote mimestream_quote freshdesk_quote"
)
QUOTING_IDS = _names(
    "mail-editor-reference-message-container ms-outlook-mobile-reference-message "
    "olk_src_body_section replysplit qt isreplycontent"
)
HISTORY_IDS = frozenset({"divrplyfwdmsg", "appendonsend", "stopspelling"})
INTRODUCING_CLASSES = frozenset({"gmail_attr", "moz-cite-prefix", "gmail_extra_attr"})
# Every client names its signature so: gmail_signature, moz-signature, ymail_android_signature, Signature …
SIGNATURE_NAME = re.compile(r"signature(?!_?(?:request|free|pad))|^bloop_sign|^zm-_id_-sgn", re.I)
LINE_AT_LEFT = re.compile(r"border-left\s*:(?!\s*(?:none|0))", re.I)
# The line Outlook for Windows draws over its header block.
LINE_ABOVE = re.compile(r"border:\s*none;\s*border-top:\s*solid\s*#(?:E1E1E1|B5C4DF)", re.I)


def mark(tag: str, attributes: Mapping[str, str]) -> str | None:
    """Name what an element says of its content, or None."""
    if not attributes:
        return INDENTED if tag == "blockquote" else None
    names = {_plain(name) for name in (attributes.get("class") or "").split()}
    ids = {_plain(attributes.get("id") or "")}
    if tag == "blockquote":
        return QUOTE if _is_quote(names, attributes) else INDENTED
    if names & INTRODUCING_CLASSES:
        return INTRODUCTION
    if _is_signature(names | ids, attributes):
        return SIGNATURE
    if ids & HISTORY_IDS:
        return HISTORY
    if LINE_ABOVE.search(attributes.get("style") or ""):
        return HEADER
    return _quoting_container(names, ids)


def _is_signature(names: set[str], attributes: Mapping[str, str]) -> bool:
    if "data-smartmail" in attributes or attributes.get("name") == "messageSignatureSection":
        return True
    return any(SIGNATURE_NAME.search(name) for name in names)


def _quoting_container(names: set[str], ids: set[str]) -> str | None:
    # Gmail's and Proton's divs also hold answers between the quotes: their blockquotes count.
    if names & (QUOTING_CLASSES - {"gmail_quote", "protonmail_quote"}) or ids & QUOTING_IDS:
        return QUOTE
    if any("yahoo_quoted" in name for name in names | ids):
        return QUOTE
    return None


def _is_quote(names: set[str], attributes: Mapping[str, str]) -> bool:
    """A blockquote is history unless it only indents, as Gmail's and Outlook's button does."""
    if attributes.get("type", "").lower() == "cite" or attributes.get("cite"):
        return True
    if names & QUOTING_CLASSES or any("quote" in name for name in names):
        return True
    return bool(LINE_AT_LEFT.search(attributes.get("style") or ""))


def _plain(name: str) -> str:
    name = name.lower()
    while name.startswith("x_"):
        name = name[2:]
    return name

"""Which way of taking quoted history off a mail is best? Run: python bench/quoting.py

Every candidate gets the mails of tests/payloads/mails and must return what a careful person says
is the reply, whitespace apart. "lost" counts mails of which a word of that reply is missing: the
one mistake that cannot be made good. Candidates that read text only get our text of an HTML mail.
"""

import argparse
import re
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inbox.html_text import html_to_text  # noqa: E402
from inbox.quoting import split_reply  # noqa: E402

MAILS = ROOT / "tests" / "payloads" / "mails"
Mail = dict[str, str]


def ours(mail: Mail) -> str:
    return split_reply(text=mail["text"], html=mail["html"]).reply


def nothing(mail: Mail) -> str:
    return text_of(mail)


def quotequail_lines(mail: Mail) -> str:
    import quotequail

    if mail["text"]:
        parts = quotequail.quote(mail["text"], quote_intro_line=True)
        return "\n".join(text for own, text in parts if own)
    parts = quotequail.quote_html(mail["html"], quote_intro_line=True)
    return html_to_text("".join(html for own, html in parts if own))


def quotequail_unwrap(mail: Mail) -> str:
    import quotequail

    if mail["text"]:
        parts = quotequail.unwrap(mail["text"]) or {}
        return parts.get("text_top") or parts.get("text_bottom") or mail["text"]
    parts = quotequail.unwrap_html(mail["html"]) or {}
    return html_to_text(parts.get("html_top") or parts.get("html_bottom") or mail["html"])


def mail_parser_reply(mail: Mail) -> str:
    from mailparser_reply import EmailReplyParser
    from mailparser_reply.constants import MAIL_LANGUAGES

    message = EmailReplyParser(languages=list(MAIL_LANGUAGES)).read(text_of(mail))
    return message.replies[0].body if message.replies else ""


def mail_parser_reply_latest(mail: Mail) -> str:
    from mailparser_reply import EmailReplyParser
    from mailparser_reply.constants import MAIL_LANGUAGES

    return EmailReplyParser(languages=list(MAIL_LANGUAGES)).parse_reply(text_of(mail)) or ""


def email_reply_parser(mail: Mail) -> str:
    from email_reply_parser import EmailReplyParser

    return EmailReplyParser.parse_reply(text_of(mail))


def email_reply_extractor(mail: Mail) -> str:
    from email_reply_extractor import extract_new_text

    return extract_new_text(text_of(mail), html_body=mail["html"] or None).text


CANDIDATES: dict[str, tuple[str | None, Callable[[Mail], str]]] = {
    "nothing removed": (None, nothing),
    "mail-parser-reply, body": ("mail-parser-reply", mail_parser_reply),
    "mail-parser-reply, latest_reply": ("mail-parser-reply", mail_parser_reply_latest),
    "quotequail, unwrap": ("quotequail", quotequail_unwrap),
    "quotequail, quote": ("quotequail", quotequail_lines),
    "email-reply-parser": ("email-reply-parser", email_reply_parser),
    "email-reply-extractor": ("email-reply-extractor", email_reply_extractor),
    "inbox.quoting": (None, ours),
}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--held-out", action="store_true", help="only the mails kept back")
    mails = read_mails(only_held_out=arguments.parse_args().held_out)
    print(f"{'candidate':34} {'version':9} {'exact':>11} {'lost':>5}   ({len(mails)} mails)")
    for name, (package, candidate) in CANDIDATES.items():
        print(f"{name:34} {row(package, candidate, mails)}")
    return 0


def row(package: str | None, candidate: Callable[[Mail], str], mails: list[Mail]) -> str:
    try:
        installed = version(package) if package else ""
    except PackageNotFoundError:
        return "not installed: see requirements-dev.in"
    replies = [(candidate(mail) or "", mail["reply"]) for mail in mails]
    exact = sum(normal(found) == normal(wanted) for found, wanted in replies)
    lost = sum(bool(words(wanted) - words(found)) for found, wanted in replies)
    return f"{installed:9} {exact:4} ({exact / len(mails):4.0%}) {lost:5}"


def read_mails(*, only_held_out: bool) -> list[Mail]:
    mails = []
    for path in sorted(MAILS.glob("held_out*.yaml" if only_held_out else "*.yaml")):
        for mail in yaml.safe_load(path.read_text(encoding="utf-8")):
            mails.append({"text": "", "html": ""} | mail)
    return mails


def text_of(mail: Mail) -> str:
    return mail["text"] or html_to_text(mail["html"])


def normal(text: str) -> str:
    return " ".join(text.split())


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


if __name__ == "__main__":
    raise SystemExit(main())

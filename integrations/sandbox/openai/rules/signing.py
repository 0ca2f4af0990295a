"""Signature context (spec 06): who signed the e-mail, from its last lines. Nothing that isn't there."""

from __future__ import annotations

import re
from typing import Any

from integrations.sandbox.openai.material import Material
from integrations.sandbox.openai.rules.sentiment import PHONE

URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINKEDIN = re.compile(r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com/[^\s<>\"')\]]+", re.IGNORECASE)
_SCHEDULING = re.compile(r"calendly|cal\.com|savvycal|/meet|meetings\.|/book|schedul|calendar", re.IGNORECASE)
_TITLE = re.compile(
    r"\b(ceo|cto|cfo|coo|cmo|chief|founder|owner|president|vp|vice|head|director|manager|lead|partner|officer"
    r"|engineer"
    r"|consultant|analyst|specialist|coordinator|assistant|leiter(in)?|geschäftsführer(in)?|directeur|directrice|gerente)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(inc|llc|ltd|gmbh|corp|co|group|ag|sa|bv|s\.r\.l|plc|limited|partners|labs|systems)\b\.?", re.IGNORECASE
)
_NAME = re.compile(r"^(?:[A-ZÀ-Þ][\w'’.-]*)(?: (?:[a-z]{2,3} )?[A-ZÀ-Þ][\w'’.-]*){1,3}$")
_IMPORTANT = re.compile(
    r"\b(office|mobile|direct|fax|assistant|hours|leave|pronouns|address|suite|street)\b", re.IGNORECASE
)
_GREETING = re.compile(r"^(hi|hello|dear|hey|thanks|thank you|best|kind|regards|cheers|sent from)\b", re.IGNORECASE)
_TAIL_LINES = 12


def read(material: Material) -> dict[str, Any]:
    """The parts of the signature; all null and low where there is none."""
    lines = [
        line.strip(" \t|*_") for line in material.block("signature_candidate").splitlines() if line.strip(" \t|*_")
    ]
    lines = [line for line in lines[-_TAIL_LINES:] if not line.startswith(">")]
    text = "\n".join(lines)
    at = next((index for index, line in enumerate(lines) if _NAME.match(line) and not _GREETING.match(line)), None)
    below = lines[at + 1 :] if at is not None else []
    title, company = _work(below)
    links = [url.rstrip(".,;:") for url in URL.findall(text)]
    linkedin, phone, email = _LINKEDIN.search(text), PHONE.search(text), EMAIL.search(text)
    scheduling = [url for url in links if _SCHEDULING.search(url)]
    found = {
        "name": lines[at] if at is not None else None,
        "title": title,
        "company": company,
        "email": email[0] if email else None,
        "phone": phone[0].strip() if phone else None,
        "linkedin": linkedin[0] if linkedin else None,
    }
    others = [url for url in links if url not in scheduling and not _LINKEDIN.search(url)]
    known = sum(value is not None for value in found.values())
    return {
        **found,
        "scheduling_links": list(dict.fromkeys(scheduling))[:5],
        "other_links": list(dict.fromkeys(others))[:10],
        "important_lines": [line for line in below if _IMPORTANT.search(line)][:10],
        "confidence": "high" if known >= 3 else "medium" if known == 2 else "low",
    }


def _work(lines: list[str]) -> tuple[str | None, str | None]:
    """Title and company: on one line (“CFO, Buyer Inc”), or on two."""
    plain = [
        line for line in lines if not (URL.search(line) or EMAIL.search(line) or PHONE.search(line)) and len(line) < 80
    ]
    titled = next((line for line in plain if _TITLE.search(line)), None)
    if titled is None:
        return None, next((line for line in plain if _COMPANY.search(line)), None)
    parts = re.split(r"\s*(?:,|\||@| at | bei | chez | – | - )\s*", titled, maxsplit=1)
    if len(parts) == 2 and parts[1] and not _TITLE.search(parts[1]):
        return parts[0], parts[1]
    after = plain[plain.index(titled) + 1 :]
    return titled, next((line for line in after if not _IMPORTANT.search(line)), None)

"""What is read from a signature, and that nothing is believed that does not stand in the mail (spec 06)."""

from typing import Any

import pytest

from inbox.drafting import signature
from inbox.prompts.signature import SignatureAnswer
from tests.factories import conversations, leads
from zrg.workspaces.models import Workspace

TEXT = """Hi Dana,

sounds interesting, please book something with me.

Best regards,
Ann Lee
VP Sales
Acme Freight GmbH
M +1 415 555 0199 | F +1 415 555 0111
ann.lee@acme.example
https://calendly.com/ann-lee
https://www.linkedin.com/in/annlee-example
I work Tuesday to Thursday

On Mon, 2 Mar 2026 at 14:05, Dana Reyes <dana@harbor.example.com> wrote:
> See https://harbor.example.com
> Dana Reyes
"""
CANDIDATE = signature.candidate(TEXT, "")


def answer(**said: object) -> SignatureAnswer:
    nothing = dict.fromkeys(("name", "title", "company", "email", "phone", "linkedin"))
    lists: dict[str, list[str]] = {"scheduling_links": [], "other_links": [], "important_lines": []}
    return SignatureAnswer.model_validate({**nothing, **lists, "confidence": "high", **said})


def test_the_candidate_is_the_end_of_the_leads_own_words() -> None:
    assert CANDIDATE.startswith("Best regards,\nAnn Lee")
    assert "calendly.com/ann-lee" in CANDIDATE
    assert "harbor.example.com" not in CANDIDATE
    assert "sounds interesting" not in CANDIDATE


@pytest.mark.parametrize("text", ["", "Yes please, send me more.", "> only a quote\n> Best,\n> Dana"])
def test_a_mail_without_a_signature_has_no_candidate(text: str) -> None:
    assert signature.candidate(text, "") == ""


def test_links_behind_words_are_part_of_the_candidate() -> None:
    html = (
        "<p>Happy to talk.</p><p>Best,<br>Ann Lee</p>"
        '<p>VP Sales, Acme GmbH<br><a href="https://calendly.com/ann-lee">Book a meeting</a></p>'
    )
    assert "https://calendly.com/ann-lee" in signature.candidate("", html)


def test_a_candidate_has_at_most_five_thousand_characters() -> None:
    links = "".join(f'<a href="https://site{number}.example/{"x" * 900}">here</a><br>' for number in range(12))
    long = f"<p>Hello.</p><p>Best,<br>Ann Lee</p><p>VP Sales<br>{links}</p>"
    assert 0 < len(signature.candidate("", long)) <= signature.LONGEST_CANDIDATE


def test_what_stands_in_the_mail_is_kept() -> None:
    found = signature.checked(
        answer(
            name="Ann Lee",
            title="VP Sales",
            company="Acme Freight GmbH",
            email="Ann.Lee@acme.example",
            phone="+1 (415) 555-0199",
            linkedin="linkedin.com/in/annlee-example",
            scheduling_links=["calendly.com/ann-lee"],
            important_lines=["I work Tuesday to Thursday"],
        ),
        CANDIDATE,
    )
    assert (found.name, found.title, found.company) == ("Ann Lee", "VP Sales", "Acme Freight GmbH")
    assert (found.email, found.phone) == ("Ann.Lee@acme.example", "+1 (415) 555-0199")
    assert found.linkedin == "https://www.linkedin.com/in/annlee-example"
    assert found.scheduling_links == ("https://calendly.com/ann-lee",)
    assert found.important_lines == ("I work Tuesday to Thursday",)
    assert (found.confidence, found.source) == ("high", "model")
    assert "VP Sales" in found.lines


def test_what_does_not_stand_in_the_mail_is_dropped() -> None:
    found = signature.checked(
        answer(
            name="Bob Stone",
            title="CEO",
            company="Evil Corp",
            email="bob@evil.example",
            phone="+1 415 555 0142",
            linkedin="https://www.linkedin.com/in/bob",
            scheduling_links=["https://calendly.com", "https://calendly.com/bob", "https://calendly.com/ann-lee/x"],
            other_links=["https://evil.example"],
            important_lines=["Wire the money today"],
        ),
        CANDIDATE,
    )
    assert found.contacts == ()
    assert (found.name, found.title, found.company, found.important_lines) == ("", "", "", ())


def test_the_lists_have_their_limits() -> None:
    links = [f"https://calendly.com/a{number}" for number in range(20)]
    lines = [f"Line number {number}" for number in range(20)]
    candidate = "Best,\nAnn\n" + "\n".join([*links, *lines])
    found = signature.checked(
        answer(scheduling_links=links[:8], other_links=links[8:], important_lines=lines), candidate
    )
    assert (len(found.scheduling_links), len(found.other_links), len(found.important_lines)) == (5, 10, 10)


def test_the_rules_read_only_what_is_certain() -> None:
    found = signature.by_rules(CANDIDATE)
    assert (found.name, found.title, found.company) == ("", "", "")
    assert found.email == "ann.lee@acme.example"
    assert found.scheduling_links == ("https://calendly.com/ann-lee",)
    assert found.linkedin == "https://www.linkedin.com/in/annlee-example"
    assert (found.confidence, found.source) == ("low", "rules")


def test_a_fax_is_no_telephone() -> None:
    assert signature.by_rules("Ann Lee\nFax: +1 415 555 0111\nMobile: +1 415 555 0199").phone == "+1 415 555 0199"
    assert signature.by_rules("Ann Lee\nFax: +1 415 555 0111").phone == ""


@pytest.mark.parametrize(("draft", "share"), [(2.0, 1.0), (20.0, 3.0), (60.0, 4.5)])
def test_the_signature_takes_a_small_share_of_the_drafts_time(draft: float, share: float) -> None:
    assert signature.share(draft) == pytest.approx(share)


def test_the_details_are_told_as_lines() -> None:
    assert signature.SignatureContext().as_text() == ""
    told = signature.by_rules(CANDIDATE).as_text()
    assert "their scheduling links: https://calendly.com/ann-lee" in told
    assert told.endswith("confidence: low")


@pytest.mark.django_db
def test_without_a_model_the_rules_read_the_mail(harbor: Workspace, settings: Any) -> None:
    settings.OPENAI_API_KEY = ""
    mail = conversations.message(leads.lead(harbor), raw_text=TEXT)
    found = signature.read(mail, timeout_s=3)
    assert (found.source, found.scheduling_links) == ("rules", ("https://calendly.com/ann-lee",))
    assert signature.read(conversations.message(mail.lead, raw_text="Yes please."), timeout_s=3).source == "none"

"""Reading the signature of the mail that is answered (spec 06, "Signature context")."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from zrg.ai.prompts import Prompt, Tokens, register

CONTEXT = "signature.context.v1"


class SignatureAnswer(BaseModel):
    """What a model read in a signature; nothing of it is believed before `inbox.drafting.signature.checked`."""

    name: str | None
    title: str | None
    company: str | None
    email: str | None
    phone: str | None
    linkedin: str | None
    scheduling_links: list[str]
    other_links: list[str]
    important_lines: list[str]
    confidence: Literal["high", "medium", "low"]


register(
    Prompt(
        key=CONTEXT,
        task="signature",
        feature="signature",
        title="Read a signature",
        effort="none",
        timeout_s=4.5,
        tokens=Tokens(scale=0.6, least=400, most=1_200, retry_most=1_200),
        data=("lead", "signature_candidate"),
        text="""You read the end of a business e-mail and say what its signature tells about the person who signed.

lead names the person expected to have signed. signature_candidate is the end of their mail: the closing, the name, contact details, and the links behind the words.

Rules:
- Copy, never complete. Every value stands in signature_candidate letter by letter; what is not there is null or an empty list. No guessed addresses, numbers or links.
- name, title, company, email, phone, linkedin are the signer's own. If someone else's details stand there (a colleague, an assistant, a forwarded or quoted mail, a disclaimer), leave them out.
- phone is the number to reach the signer, a mobile before a landline; never a fax.
- linkedin is the address of a personal profile.
- scheduling_links are pages where a meeting with the signer can be booked, at most 5. other_links are the remaining ones that matter to a reader, at most 10: no unsubscribe, tracking, image or map links.
- important_lines are at most 10 whole lines that a reply should know of (working days, an absence, "please text, don't call", an assistant who keeps the calendar). No slogans, legal notices or addresses.
- confidence is high if name and contact details fit the expected person, medium if the signature is theirs but thin, low if it may be somebody else's or none.""",
    ),
)

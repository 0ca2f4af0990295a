"""Conversations of the demo, as the lead and the team wrote them. Times count back from the moment of loading."""
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "campaign",
    "reply",
    "cc",
    "answer",
    "sms",
    "sms_answer",
    "linkedin",
    "linkedin_answer",
    "linkedin_profile",
    "out_of_office",
    "bounce",
    "open",
    "interested",
]


@dataclass(frozen=True)
class Beat:
    """One thing that happens: `ago` in hours before the loading."""

    ago: float
    kind: Kind
    text: str = ""
    by: str = ""  # answers: which setter; cc: the colleague's address
    name: str = ""  # cc: the colleague's name


@dataclass(frozen=True)
class Story:
    """A lead and what happened with it, oldest first."""

    first: str
    last: str
    title: str
    company: str
    email: str = ""
    phone: str = ""
    campaign: int = 0
    subject: str = "Payroll across your sites"
    assignee: str = ""
    corrected: str = ""  # the tag that the team set by hand, where the machine's was not theirs
    beats: tuple[Beat, ...] = field(default_factory=tuple)


MARA, THEO = "mara@agency.example.com", "theo@agency.example.com"
OPENER = (
    "Hi {first},\n\nmost teams of {company}'s size lose two days a month reconciling payroll between sites. "
    "We do it in one afternoon. Worth a look this quarter?\n\nNora"
)

HARBOR_STORIES = (
    Story(
        "Marcus",
        "Oyelaran",
        "COO",
        "Fenwick & Rowe",
        "marcus@fenwick.example.com",
        "+13135550163",
        assignee=MARA,
        beats=(
            Beat(99, "campaign", OPENER),
            Beat(98.2, "open"),
            Beat(
                74,
                "reply",
                "Hi Nora,\n\nwe are about 140 people on two sites, and yes, reconciling is a pain. What would it cost for a team like ours?",
            ),
            Beat(
                73.5,
                "answer",
                "Hi Marcus,\n\nat 140 people most teams land near $11 a head; I can show you the split by site. Would Tuesday or Wednesday suit for twenty minutes?\n\nNora",
                by=MARA,
            ),
            Beat(50, "sms", "Tuesday works. Text me here if anything moves, I am on the floor all day."),
            Beat(49.8, "sms_answer", "Will do. I'll bring the cost by site.", by=MARA),
            Beat(26, "linkedin", "Good to connect here too. Elise runs my calendar, so she may write to you."),
            Beat(25.6, "linkedin_answer", "Thanks, Marcus. I'll find the time with Elise then.", by=MARA),
            Beat(
                1.4,
                "cc",
                "Hi Nora,\n\nMarcus lands late on Tuesday. Could we move the call to Wednesday or Thursday morning? Please keep me on copy.\n\nElise Tran\nExecutive Assistant, Fenwick & Rowe",
                by="elise@fenwick.example.com",
                name="Elise Tran",
            ),
        ),
    ),
    Story(
        "Ingrid",
        "Solheim",
        "Head of Finance",
        "Kestrel Foods",
        "ingrid@kestrel.example.com",
        "+16125550142",
        beats=(
            Beat(52, "campaign", OPENER),
            Beat(0.6, "sms", "Yes, interested. Can you call me on this number this afternoon? After 3 is best."),
        ),
    ),
    Story(
        "Priya",
        "Raman",
        "Controller",
        "Coastline HVAC",
        "priya@coastline.example.com",
        campaign=1,
        assignee=MARA,
        beats=(
            Beat(76, "campaign", OPENER),
            Beat(
                2.2,
                "reply",
                "We are locked in with our provider until June, but I would not say no to a comparison. Does yours handle prevailing wage?",
            ),
        ),
    ),
    Story(
        "Joaquín",
        "Belmonte",
        "Director of Operations",
        "Arbor & Finch",
        "joaquin@arborfinch.example.com",
        assignee=THEO,
        beats=(
            Beat(55, "campaign", OPENER),
            Beat(30, "reply", "Could be interesting. Wednesday at ten works for me.\n\nWho will be on the call?"),
            Beat(3.1, "interested"),
        ),
    ),
    Story(
        "Hannah",
        "Weiss",
        "HR Lead",
        "Quarry Software",
        "hannah@quarry.example.com",
        assignee=MARA,
        beats=(
            Beat(120, "campaign", OPENER),
            Beat(
                47,
                "reply",
                "Hallo Nora,\n\nklingt gut. Können Sie mir eine kurze Übersicht schicken? Gern auf Englisch, unser Team ist gemischt.\n\nViele Grüße\nHannah Weiss",
            ),
            Beat(
                46,
                "answer",
                "Hi Hannah,\n\nof course: https://harbor.example.com/overview has it on two pages. Shall we go through it on Thursday?\n\nNora",
                by=MARA,
            ),
        ),
    ),
    Story(
        "Samuel",
        "Adeyemi",
        "VP People",
        "Northgate Labs",
        "samuel@northgate.example.com",
        campaign=1,
        assignee=MARA,
        beats=(
            Beat(70, "campaign", OPENER),
            Beat(
                20,
                "reply",
                "Who else in our field do you have as a customer? Two references would help me a lot before this goes upstairs.",
            ),
        ),
    ),
    Story(
        "Oskar",
        "Nyberg",
        "CFO",
        "Tidewater Clinics",
        "oskar@tidewater.example.com",
        campaign=1,
        beats=(
            Beat(90, "campaign", OPENER),
            Beat(28, "reply", "Not before {in_16_days}, please: we are mid-audit until then."),
            Beat(
                27,
                "answer",
                "Understood, Oskar. I will write on {in_17_days}. Good luck with the audit.\n\nNora",
                by=THEO,
            ),
        ),
    ),
    Story(
        "Nadia",
        "Kowalski",
        "Plant Controller",
        "Ironbridge Foods",
        "nadia@ironbridge.example.com",
        campaign=1,
        beats=(
            Beat(48, "campaign", OPENER),
            Beat(47, "open"),
            Beat(
                0.3,
                "reply",
                "Hi Nora,\n\nwe have 180 people on three sites. What do you charge per head and month?",
            ),
        ),
    ),
    Story(
        "Renée",
        "Caldwell",
        "COO",
        "Pinehurst Group",
        "renee@pinehurst.example.com",
        beats=(
            Beat(34, "campaign", OPENER),
            Beat(
                33.9,
                "out_of_office",
                "Thank you for your message. I am out of the office until {in_6_days} with limited access to e-mail. For anything urgent, write to frontdesk@pinehurst.example.com.",
            ),
        ),
    ),
    Story(
        "Bill",
        "Tanaka",
        "Owner",
        "Orchard Supply",
        "bill@orchard.example.com",
        beats=(
            Beat(60, "campaign", OPENER),
            Beat(31, "reply", "Please take me off your list."),
        ),
    ),
    Story(
        "Greta",
        "Holm",
        "Payroll Manager",
        "Larkspur Retail",
        "greta@larkspur.example.com",
        campaign=1,
        beats=(Beat(58, "campaign", OPENER), Beat(57.9, "bounce", "hard")),
    ),
    Story(
        "Tobias",
        "Achterberg",
        "Founder",
        "Lumen Dental Group",
        "tobias@lumen.example.com",
        assignee=THEO,
        beats=(
            Beat(80, "campaign", OPENER),
            Beat(5.2, "linkedin", "Happy to look at numbers. What do you charge per head?"),
        ),
    ),
    Story(
        "Lucía",
        "Ferrand",
        "Operations Manager",
        "Petra Stone",
        "lucia@petra.example.com",
        "+17085550118",
        assignee=THEO,
        beats=(
            Beat(66, "campaign", OPENER),
            Beat(45, "sms", "Hi, got your mail. Can you send the details by text? I hardly see my inbox."),
            Beat(
                44.5,
                "sms_answer",
                "Hi Lucía, sure: $11 a head for teams over 100, first month free, no set-up fee. Want a 20 minute walk-through?",
                by=THEO,
            ),
            Beat(8, "sms", "Sounds good. Friday morning works."),
            Beat(7, "linkedin_profile"),
        ),
    ),
)

NORTHWIND_STORIES = (
    Story(
        "Abby",
        "Lindgren",
        "Facilities",
        "Mesa Storage",
        "abby@mesa.example.com",
        subject="Your roof in Aurora",
        beats=(
            Beat(
                40,
                "campaign",
                "Hi {first},\n\nthe roof at {company} in Aurora could carry about 180 kW. May I send the estimate?\n\nLeo",
            ),
            Beat(4, "reply", "Yes, send it. Our lease has a few years left, though: does it matter?"),
        ),
    ),
    Story(
        "Dev",
        "Kapoor",
        "Owner",
        "Copper Kettle",
        "dev@copperkettle.example.com",
        "+17205550177",
        subject="Your roof in Boulder",
        corrected="information_requested",
        beats=(
            Beat(
                38,
                "campaign",
                "Hi {first},\n\nthe roof of {company} gets more sun than nine of ten in Boulder. Worth ten minutes?\n\nLeo",
            ),
            Beat(12, "sms", "What would it save me a month?"),
        ),
    ),
)

"""What a draft may say about times: given by the floor that knows them (booking); drafting fetches nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scheduling:
    """`times`: offered slots as they must stand in the text, with the zone's abbreviation ("Tue 3 Mar, 2:30 PM EST");
    `links`: booking links that may be given; `instructions`: of the booking process's stage. All empty: say nothing
    about times."""

    times: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    instructions: str = ""

    def as_text(self) -> str:
        """For a model; empty where nothing may be said."""
        parts = [
            ("Offer these times, word for word", "; ".join(self.times)),
            ("Booking link", " ".join(self.links)),
            ("How", self.instructions),
        ]
        return "\n".join(f"{label}: {text}" for label, text in parts if text)


NOTHING = Scheduling()

"""A raw header block as a look-up. Pure; tolerates what providers hand over: nothing, folded lines, junk."""

import re
from email.utils import parseaddr

_FIELD = re.compile(r"^([A-Za-z0-9-]{1,80})[ \t]*:[ \t]*(.*)$")
_FOLDED = re.compile(r"\r?\n[ \t]+")


class MailHeaders:
    """Header values by lower-case name; several of one name are joined by a line break."""

    def __init__(self, raw: str) -> None:
        self._values: dict[str, str] = {}
        for line in _FOLDED.sub(" ", raw).splitlines():
            if field := _FIELD.match(line):
                name = field.group(1).lower()
                value = field.group(2).strip()
                self._values[name] = f"{self._values[name]}\n{value}" if name in self._values else value

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str) -> str:
        """Return the value in lower case, "" when the header is missing."""
        return self._values.get(name, "").lower()


def bare_address(value: str) -> str:
    """Return the lower-case address of `Name <a@b>` or `a@b`; what stands there when it is none ("MAILER-DAEMON")."""
    name, address = parseaddr(value) if "<" in value else ("", value)
    return (address or name).strip().strip("<>").lower()

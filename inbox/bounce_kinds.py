# ruff: noqa: E501  (word tables read best one entry to a line)
"""What a delivery failure means: a dead address, a passing trouble, or a refusal that says nothing about the address.

Enhanced status codes (RFC 3463, 5248, and what Exchange adds) are read together with the words of the refusal: servers
give 5.7.1 for unknown users and 5.1.1 for spam, so neither alone is trusted. Spec 03: only a dead address blacklists.
"""

import re
from enum import StrEnum


class BounceKind(StrEnum):
    """How a failed delivery counts against the address."""

    HARD = "hard"  # the address or its domain is dead
    SOFT = "soft"  # full, greylisted, timed out: may work later
    POLICY = "policy"  # content, reputation, authentication, relaying, size, loops: the address may be fine


def _phrases(*lines: str) -> re.Pattern[str]:
    return re.compile("|".join(lines))


# All phrases are matched against folded text: lower case, no accents, plain apostrophes.
_FULL = _phrases(
    r"mailbox (?:is )?(?:over|exceeds?)(?: \w+)? ?(?:quota|limit)|over ?quota|quota (?:is )?exceeded|exceeded \w{0,8} ?(?:storage|quota)",
    r"(?:mailbox|inbox|account|storage|disk)(?: \S+){0,3}? (?:is )?(?:almost )?full|out of (?:storage|disk)|insufficient (?:disk|system|storage)",
    r"not enough (?:storage|space)|overquota|storage allocation|quotaexceeded|lacks? (?:the )?space|mbx_full",
    r"postfach\S* (?:des empfangers )?(?:ist )?voll|speicherplatz|boite (?:aux lettres |de reception )?(?:est )?pleine|buzon (?:esta )?lleno",
    r"casella (?:di posta |postale )?(?:e )?piena|caixa de (?:correio|entrada|email) (?:esta )?(?:cheia|lotada)|postvak is vol|skrzynka \S* ?(?:jest )?pelna",
    r"brevladan ar full|quota (?:depasse|superada|superata|excedida)",
)
_DEAD = _phrases(
    r"(?:user|recipient|mailbox|account|addressee|address|alias) (?:\S+ ){0,4}?(?:unknown|not found|does ?n[o']t exist|doesn't exist|not exist|no longer)",
    r"not listed in|(?:host|domain) (?:name )?unknown|no valid recipients?|(?:mailbox|account) (?:\S+ )?(?:is |est )?(?:frozen|bloque\b|blocked|locked out)|rejects? all recipients|said: 5\d\d (?:\S+ ){0,3}no such",
    r"(?:unknown|no such|nonexistent|non-existent|invalid|bad destination|inactive|disabled|deactivated|expired) (?:\S+ )?(?:user|recipient|mailbox|account|address|addressee|local part)",
    r"(?:account|mailbox|user|address)(?: \S+){0,3}? (?:is|has been|was) (?:\w+ )?(?:disabled|deactivated|inactive|closed|suspended|terminated|deleted|discontinued|expired|unavailable|not (?:available|active|valid|known|listed))",
    r"(?:email account|user|mailbox|address) that you tried to reach (?:does not exist|is disabled|is inactive|doesn't exist)",
    r"address (?:couldn't|could not) be found|address not found|wasn't found at|could not be found|recipientnotfound|recipnotfound|recipient not found",
    r"no mailbox (?:here )?(?:by that name)?|not a (?:known|valid) (?:user|mailbox|recipient)|user doesn't have a|doesn't have an? \S+ account|not our customer",
    r"mailbox (?:\S+ )?unavailable|unrouteable|unroutable|undeliverable address|delivery to (?:this|the) address is not|unable to find recipient",
    r"domain (?:\S+ ){0,3}?(?:not found|does ?n[o']t exist|doesn't exist|couldn't be found|is not valid|has no)|host (?:or domain name )?(?:\S+ )?not found|nxdomain|no mx|null ?mx|no such domain|name or service not known|unknown (?:mail )?(?:host|domain)|bad destination host|dns (?:domain|type).{0,40}(?:not exist|no records)|couldn't find any host",
    r"adresse (?:e-mail )?(?:\S+ )?(?:nicht gefunden|introuvable|existiert nicht|n'existe pas|inconnue)|wurde nicht gefunden|konnte nicht gefunden werden|empfanger (?:\S+ )?(?:unbekannt|nicht gefunden)",
    r"utilisateur inconnu|destinataire inconnu|introuvable|no se (?:ha )?(?:encontro|encontrado|encuentra)|usuario (?:desconocido|inexistente|no existe)|direccion (?:\S+ ){0,4}no (?:existe|encontrada)",
    r"indirizzo (?:\S+ ){0,3}?(?:non trovato|inesistente)|utente sconosciuto|non e stato trovato|casella inesistente|endereco (?:\S+ ){0,3}?(?:nao (?:foi )?encontrado|inexistente)|usuario nao encontrado|nao foi encontrado|nao existe",
    r"adres (?:\S+ )?niet gevonden|bestaat niet|kan niet worden gevonden|nie znaleziono|nie istnieje|hittades inte|finns inte",
    r"no longer (?:valid|in use|active|works? here|with|accepts? mail|available)|has moved|left the company|access denied\. as\(2018",
)
_POLICY = _phrases(
    r"spam|junk|spamhaus|blacklist|block ?list|blocklisted|listed (?:at|by|in|on)|rbl|dnsbl|barracuda reputation|reputation|sender score|poor reputation|virus|malware|phish",
    r"\bspf\b|dkim|dmarc|unauthenticated|authentication|not authenticated|unauthorized|not authorized|notauthorized|not permitted|sender (?:address )?(?:rejected|denied)|sender verify",
    r"polic(?:y|ies)|blocked|banned|content (?:filter|rejected|restrict)|rejected (?:by|due to|for) (?:\S+ ){0,3}?(?:content|filter|rule|policy|administrator)|prohibited|suspicious|suspected|not accepted for|unsolicited|low reputation",
    r"relay(?:ing)? (?:access )?(?:denied|not|prohibited)|unable to relay|relay not|relaying denied",
    r"too (?:large|big)|size (?:limit|exceeds)|exceeds? (?:\S+ ){0,4}?size|maximum (?:message )?size|message size|sizelimit|attachment",
    r"mail loop|hop count|too many hops|loop(?:s)? (?:back|detected)|access denied|accessdenied|restricted|permission|not verified|verification|insecure|protocol error|only accepts? (?:mail|messages|email) from|allowed senders|reverse dns|ptr record|helo|ip address.{0,60}(?:reject|block|ban|list)|disallowed|security",
    r"gesperrt|blockiert|abgelehnt|bloque|rejete|refuse par|bloqueado|rechazado|bloccato|respinto|rejeitado|geblokkeerd|zablokowan|blockerat",
)
_TEMPORARY = _phrases(
    r"gr[ea]y ?list|try (?:again )?later|temporar|deferred|rate[- ]?limit|too (?:many|fast|quickly)|at a rate|throttl|timed? ?out|time-?out|expired|retry|retries",
    r"connection (?:refused|timed|was|lost|dropped|reset|closed)|could not connect|couldn't connect|not responding|did not respond|didn't respond|no answer|unable to connect|network is unreachable|no route to host|server (?:is )?(?:busy|unavailable|not available)|service (?:not available|unavailable)|resources|still (?:being )?(?:try|retri)|delay|queue|lmtp|storage error|internal error|system problem|local error",
    r"verzogert|retarde|retrasad|ritardat|atrasad|vertraagd|opoznion|fordrojd",
)

# "the account is receiving mail at a rate that prevents ..." comes with 5.2.1, the code of a disabled mailbox.
_RATE = re.compile(r"at a rate|too (?:quickly|many|fast)|rate[- ]?limit|throttl")

# Refused before the address was looked at: it is about the sender or its server.
_AT_SENDER = re.compile(
    r"(?:after|reply to) (?:mail from|helo|ehlo)|sender address|refused to talk to me|sender was rejected|my name was rejected"
)
_LISTED = re.compile(r"spamhaus|black ?list|block ?list|\brbl\b|dnsbl|barracudacentral")
# Gmail calls a missing domain temporary in the code and final in words.
_NO_DOMAIN = re.compile(
    r"responded with code (?:nxdomain|noerror)|(?:domain \S+|host) (?:does not|doesn't) accept mail"
)
_TRY_AGAIN = re.compile(r"(?:host|domain)(?: \S+){0,3} not found, try again|code servfail")

_ALWAYS_POLICY = ("5.1.7", "5.1.8", "5.2.3", "5.3.4", "5.3.5", "5.4.6", "5.4.14")
_NO_ROUTE = ("5.4.4", "5.4.310")
_NO_ANSWER = (
    "5.4.0",
    "5.4.1",
    "5.4.2",
    "5.4.3",
    "5.4.7",
    "5.4.300",
    "5.4.312",
    "5.4.316",
    "5.4.317",
    "5.3.2",
    "5.2.122",
)


def kind_of(*, code: str, smtp: str, refusal: str, everything: str) -> tuple[BounceKind, str]:
    """Return what the failure means and why in words.

    `code` is the enhanced status ("5.1.1" or ""), `smtp` the reply code ("550" or ""), `refusal` the remote server's
    words and `everything` the whole report without our own mail, both folded.
    """
    if _FULL.search(refusal) or _FULL.search(everything):
        return BounceKind.SOFT, "the mailbox is full"
    if _NO_DOMAIN.search(everything):
        return _DEAD_DOMAIN
    if smtp.startswith("5") and code.startswith("4"):
        code = ""  # a local "try again" over a remote refusal
    if code.startswith("4") or (not code and smtp.startswith("4")):
        return BounceKind.SOFT, "a temporary failure"
    if _AT_SENDER.search(refusal):
        return _REFUSED
    if decided := _by_code(code, refusal or everything):
        return decided
    permanent = (code or smtp).startswith("5")
    return _by_words(refusal) or _by_words(everything, temporary=not permanent) or _unclear(code or smtp)


_DEAD_MAILBOX = (BounceKind.HARD, "the address does not exist or is closed")
_DEAD_DOMAIN = (BounceKind.HARD, "the domain takes no mail")
_REFUSED = (BounceKind.POLICY, "refused by the receiving side's rules")
_UNREACHED = (BounceKind.SOFT, "the server could not be reached")
_TOO_FAST = (BounceKind.SOFT, "too much mail at once")


def _by_code(code: str, words: str) -> tuple[BounceKind, str] | None:
    dead, policy = bool(_DEAD.search(words)), bool(_POLICY.search(words))
    if code == "5.2.2":
        return BounceKind.SOFT, "the mailbox is full"
    if code in _ALWAYS_POLICY or code.startswith("5.6."):
        return BounceKind.POLICY, "refused for the message, its sender or its route"
    if code.startswith("5.7."):
        return _DEAD_MAILBOX if dead and (not policy or code == "5.7.13") else _REFUSED
    if code.startswith("5.1.") or code == "5.2.1":
        return _address_code(words, refused=policy and not dead)
    if code == "5.4.1" and "address rejected: access denied" in words:
        return _DEAD_MAILBOX  # Exchange Online's word for an address its directory does not know
    if code in _NO_ROUTE:
        return _UNREACHED if "name service error" in words and not dead else _DEAD_DOMAIN
    if code in _NO_ANSWER and not policy:
        return _DEAD_MAILBOX if dead else _UNREACHED
    return None


def _address_code(words: str, *, refused: bool) -> tuple[BounceKind, str]:
    if _RATE.search(words):
        return _TOO_FAST
    return _REFUSED if refused or _LISTED.search(words) else _DEAD_MAILBOX


def _by_words(words: str, *, temporary: bool = True) -> tuple[BounceKind, str] | None:
    if _TRY_AGAIN.search(words):
        return _UNREACHED
    if _DEAD.search(words):
        return _DEAD_MAILBOX
    if _POLICY.search(words):
        return _REFUSED
    if temporary and _TEMPORARY.search(words):
        return BounceKind.SOFT, "a temporary failure"
    return None


def _unclear(code: str) -> tuple[BounceKind, str]:
    """A permanent refusal without a cause must not blacklist (spec 03: not every 5xx is a dead address)."""
    if code.startswith("5"):
        return BounceKind.POLICY, "refused without a cause"
    return BounceKind.SOFT, "not delivered, cause unknown"

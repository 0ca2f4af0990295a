"""One spelling of many, so that a disguise does not help: invisible characters, look-alike letters, odd digits.

`light` keeps case and accents (addresses depend on them); `plain` drops both. Every step is linear. A disguise is a
problem of its own (`inbox.drafting.guarding.markup`), so making the spelling equal never makes a text allowed.
"""

import re
import unicodedata

# Blank or without width, though Unicode does not file all of them as format characters.
INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0\ufeff"
_SIGNS = {
    **dict.fromkeys("’‘‛´ʼ′＇ʹˈ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"),
    **dict.fromkeys("。｡．․﹒", "."),
    **dict.fromkeys("【〔〖［", "["),
    **dict.fromkeys("】〕〗］", "]"),
    **dict.fromkeys("⟨〈❮❬", "<"),
    **dict.fromkeys("⟩〉❯❭", ">"),
    **dict.fromkeys("⁄∕⧸／", "/"),
    **dict.fromkeys("∶꞉：ː", ":"),
    **dict.fromkeys("\u2028\u2029\x0b\x0c\x85", "\n"),
    **dict.fromkeys(INVISIBLE, None),
}
# Letters of other scripts that look Latin; what NFKC already makes Latin (wide, mathematical …) is not listed.
_LOOK_ALIKES = str.maketrans(
    "АВСЕНІЈКМОРЅТХУԌԜаеорсухіјѕһԁԛԝкмтьвнгΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοριντυκχγհոօսցքɑɡɩʟɪɴʀᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜱʏʙɢʜ",
    "ABCEHIJKMOPSTXYGWaeopcyxijshdqwkmtbbhrABEZHIKMNOPTYXaopivtukxyhnougpagiLINRACDEJKMOPTUVWZSYBGH",
)
_MIDDLE_DOT = re.compile(r"(?<=\w)[·•∙‧⋅・](?=\w)")
_BLANKS = re.compile(r"[^\S\n]+")
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i", "ħ": "h"})
_ZERO_AS_LETTER = re.compile(r"(?<=[a-z])0(?=[a-z])")
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])-?[ \t]*\n[ \t]*(?=[^\W\d_])")


def light(text: str) -> str:
    """The text without invisible characters, in Latin letters where they look it, in ASCII digits; case is kept."""
    text = text.translate(_SIGN_TABLE)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES).translate(_SIGN_TABLE)
        text = _MIDDLE_DOT.sub(".", "".join(_seen(char) for char in text))
    return _BLANKS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def plain(text: str) -> str:
    """`light` in lower case and without accents: "Früh, 3 € à Łódź" is "fruh, 3 € a lodz"."""
    text = light(text).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFD", text.translate(_UNDECOMPOSED))
        text = "".join(char for char in text if not unicodedata.combining(char)).translate(_UNDECOMPOSED)
    return _ZERO_AS_LETTER.sub("o", text)


def one_line(text: str) -> str:
    """The text with every run of white space as one blank."""
    return " ".join(text.split())


def rejoined(text: str) -> str:
    """The text with words put together again that a line break tears apart ("to-\\nmorrow")."""
    return _BROKEN_WORD.sub("", text)


def _seen(char: str) -> str:
    if char.isascii():
        return char
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind == "Zs":
        return " "
    return "" if kind in {"Cf", "Mn", "Me", "Cc"} else char


_SIGN_TABLE = str.maketrans(_SIGNS)

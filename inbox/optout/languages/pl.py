# ruff: noqa: E501  (word tables read best one entry to a line)
"""Polish opt-outs."""

from inbox.optout.grammar import Language

_WORDS = {
    "ME": "mnie nas mi nam",
    "MINE": "moj moja moje moich mojego nasz nasza nasze naszych naszego ten ta te tego",
    "THING": "adres adresu email mail numer numeru dane danych kontakt kontaktu nazwisko firme firmy telefon telefonu",
    "LIST": "listy liste bazy baze bazie mailingowej mailingu newslettera subskrypcji subskrypcje rejestru kampanii crm systemu"
    " bazy_danych adresow",
    "REMOVE": "usun* usuw* wykresl* skasuj* skasow* wypis* wyrejestr*",
    "CONTACT": "kontakt* pisz* pisac pisa* napis* dzwon* wysyl* przysyl* spam* nek* meile mailow* smsow* kontaktow* wysla*"
    " przesyl* niepoko*",
    "MAILS": "maili mail maile emaili wiadomosci wiadomosc reklam reklamy spamu spam newslettera kontaktu telefonow smsow ofert"
    " oferty informacji korespondencji takich",
}

_RULES = (
    ("remove", "REMOVE ~1 ME"),
    ("remove", "ME REMOVE"),
    ("remove", "REMOVE ~1 MINE ~2 THING"),
    ("remove", "MINE ~2 THING ~2 REMOVE"),
    ("remove", "o? usuniecie/wypisanie/wykreslenie z/ze ~2 LIST"),
    ("remove", "o usuniecie/wypisanie/wykreslenie ~2 ME/THING/MINE"),
    ("remove", "^ REMOVE z ~2 LIST"),
    ("wish", "chce/chcemy/chcialbym/chcialabym/jak/prosze ~3 ME? sie? wypisac/wyrejestrowac ~3"),
    ("wish", "rezygnuje/rezygnujemy/rezygnacja z ~3 LIST/otrzymywania/newslettera/wiadomosci"),
    ("refusal", "nie CONTACT ~4 wiecej/juz/ponownie/nigdy"),
    ("refusal", "wiecej/juz/nigdy ~1 nie CONTACT"),
    ("refusal", "nie CONTACT ~1 sie? ~2 ze_mna/do_mnie/z_nami/do_nas ~2"),
    ("refusal", "do_mnie/do_nas/ze_mna/z_nami/ME ~2 nie CONTACT"),
    ("refusal", "nie CONTACT $"),
    ("unwanted", "nie chc*/zycz*/zgadz* ~3 dosta*/otrzym*/MAILS/kontakt*/byc"),
    ("unwanted", "^ zadnych/bez wiecej? ~1 MAILS ~2 $"),
    ("stop", "przesta*/zaprzesta*/skoncz* ~3 CONTACT/MAILS/wysylania/pisania"),
    ("hostile", "daj*/dac mi/nam ~1 spokoj"),
    ("hostile", "^ spadaj*/odwal*/spierd* ~2 $"),
    ("data", "sprzeciw* ~4 przetwarzani* ~3"),
    ("data", "cofam/wycofuje/odwoluje ~2 zgode"),
    ("data", "nie wyrazam/wyrazalem/wyrazalam ~2 zgody"),
    ("data", "o/zadam usuniecie/usuniecia ~2 danych"),
    ("data", "prawo do bycia_zapomnianym/usuniecia"),
    ("threat", "jesli/inaczej/kolejn* ~10 prawnik*/uodo/policj*/sadu/prawne/skarge"),
    ("threat", "zglasz*/zglosz* ~3 jako spam"),
)

LANGUAGE = Language(
    code="pl",
    words=_WORDS,
    rules=_RULES,
    bare="stop wypisz wypisac rezygnacja rezygnuje usun usunac wypis przestancie przestan wypisuje_sie",
    polite="prosze dziekuje dzieki natychmiast teraz dzien_dobry witam nie_dziekuje juz",
    signoff="pozdrawiam dziekuje z_powazaniem",
    greeting="dzien_dobry witam szanowni czesc",
    me="mnie nas mi moj* nasz*",
    joins_clauses=True,
    negators="nie",
    through="mnie nas prosze sie",
    complains=("dlaczego/jesli ~4 nie",),
    others="klienci uzytkownicy ludzie subskrybenci oni odbiorcy czytelnicy",
    not_meant=(
        "kliknij/tutaj/urltoken",
        "aby/zeby sie ~3",
        "jesli/jezeli nie chc* ~5",
        "odpowiedz/odpisz ~3 stop",
        "mozesz/moze_pan/moga_panstwo ~4 wypisac/zrezygnowac",
        "przypadkiem/omylkowo",
    ),
    other_matter=("umowy/spotkania/spotkanie/faktury",),
    deferrals=("dzis/dzisiaj/jutro/przed/teraz/jeszcze/w_tym_tygodniu", "dostalem/dostalam/otrzymalem/otrzymalam"),
    forever="wiecej juz nigdy",
    redirects=("lepiej/wole/zamiast",),
    glad=("brzmi dobrze",),
)

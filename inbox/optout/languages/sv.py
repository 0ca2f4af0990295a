# ruff: noqa: E501  (word tables read best one entry to a line)
"""Swedish opt-outs."""

from inbox.optout.grammar import Language

_WORDS = {
    "ME": "mig oss",
    "MINE": "min mitt mina var vart vara den_har detta denna",
    "THING": "adress mejladress mailadress epost epostadress mejl mail nummer telefonnummer uppgifter namn data personuppgifter"
    " kontaktuppgifter foretag",
    "LIST": "lista listan listor sandlista sandlistan mejllista mejllistan maillista register registret databas databasen"
    " nyhetsbrev nyhetsbrevet utskick utskicken crm system",
    "CONTACT": "kontakta kontaktad kontaktas mejla maila ring ringa skriv skriva skicka smsa sms spamma hor hora stor stora messa"
    " kontakt",
    "MAILS": "mejl mail mejlen mailen utskick meddelanden reklam spam nyhetsbrev samtal sms epost erbjudanden kontakt info",
    "WISH": "vill onskar skulle kan hur onskar_att",
}

_RULES = (
    ("remove", "ta/tag ~1 bort ~1 ME"),
    ("remove", "ta/tag ~1 bort ~1 MINE ~1 THING"),
    ("remove", "avregistrera/avprenumerera/stryk/radera ~1 ME"),
    ("remove", "avregistrera/stryk/radera/avsluta ~1 MINE ~1 THING/prenumeration"),
    ("remove", "^ ta bort fran ~3 LIST"),
    ("remove", "ta/plocka/fa bort? ME ~2 fran/ur ~3 LIST"),
    ("wish", "WISH ~3 avregistrera/avprenumerera/avsluta ~1 ME"),
    ("wish", "WISH ~3 avsluta ~2 prenumeration* ~4"),
    ("wish", "hur ~2 avregistrerar/avprenumererar ~2"),
    ("wish", "WISH ~2 bli ~1 borttagen/avregistrerad/raderad"),
    ("refusal", "CONTACT ~1 till? ME ~1 inte/aldrig ~2 igen/mer/langre/fler"),
    ("refusal", "CONTACT ~1 till? ME inte/aldrig $"),
    ("refusal", "CONTACT inte/aldrig ~3 igen/mer/langre"),
    ("refusal", "skicka ~1 inga/inte/aldrig ~3 fler/mer/MAILS"),
    ("refusal", "^ inga/inget fler/mer ~1 MAILS ~2 $"),
    ("unwanted", "WISH ~1 inte ~1 langre? ~1 ha/fa/bli/ta_emot ~5 MAILS/kontakt*/fler"),
    ("unwanted", "WISH ~1 inte ~2 CONTACT ~3"),
    ("stop", "sluta ~2 CONTACT"),
    ("stop", "sluta ~2 med ~3 MAILS"),
    ("hostile", "lat/lamna ME ~1 vara/ifred/i_fred"),
    ("hostile", "^ dra/stick at_helvete/harifran? ~2 $"),
    ("data", "invander/motsatter ~3 behandling* ~3"),
    ("data", "aterkallar/drar_tillbaka ~2 samtycke"),
    ("data", "aldrig/inte ~2 samtycke/samtyckt/godkant ~3"),
    ("data", "radera/ta_bort ~2 uppgifter/personuppgifter/data"),
    ("data", "ratten att_bli_glomd"),
    ("threat", "om/annars ~10 advokat/polisanmal*/anmala/anmaler/imy/rattsliga"),
    ("threat", "rapporter*/anmal* ~3 som/for spam"),
)

LANGUAGE = Language(
    code="sv",
    words=_WORDS,
    rules=_RULES,
    bare="stopp stop sluta avregistrera avregistrering avprenumerera avsluta ta_bort avanmal avanmalan",
    polite="tack snalla nu genast hej omedelbart nej_tack inte_intresserad tack_sa_mycket direkt",
    signoff="mvh halsningar med_vanlig_halsning vanligen tack",
    greeting="hej god_morgon tjena basta",
    me="mig oss min mitt mina var",
    negators="inte aldrig ej",
    through="att mig oss",
    late_negators="inte aldrig",
    complains=("varfor/om ~4 inte",),
    others="kunder anvandare folk manniskor de prenumeranter",
    not_meant=(
        "klicka/har/urltoken",
        "om du/ni ~8",
        "for att avregistrera/avsluta ~4",
        "svara ~3 stopp/stop",
        "du/ni kan ~5 avregistrera/avsluta",
        "av_misstag",
        "tveka",
    ),
    deferrals=(
        "idag/imorgon/innan/fore/forran/nu/annu/denna_vecka/nasta_vecka/mandag/tisdag/onsdag/torsdag/fredag",
        "tveka",
    ),
    forever="igen aldrig mer langre",
    redirects=("hellre/battre/istallet",),
    glad=("later bra", "ring mig"),
)

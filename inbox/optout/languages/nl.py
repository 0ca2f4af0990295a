# ruff: noqa: E501  (word tables read best one entry to a line)
"""Dutch opt-outs; verbs may come apart ("schrijf me ... uit")."""

from inbox.optout.grammar import Language

_WORDS = {
    "ME": "mij me ons",
    "MINE": "mijn m'n onze ons dit deze",
    "THING": "gegevens adres email emailadres email-adres mail mailadres naam nummer telefoonnummer contact contactgegevens data"
    " bedrijf account",
    "LIST": "lijst lijsten mailinglijst mailinglist mailing mailings bestand bestanden database nieuwsbrief systeem verzendlijst"
    " maillijst crm adressenbestand campagne",
    "CONTACT": "mail mailen bel bellen schrijf schrijven stuur sturen benader benaderen contacteer contacteren app appen sms"
    " sms'en spam spammen stalk val lastigvallen bericht berichten benaderd gebeld gemaild contact te_mailen te_bellen"
    " te_sturen te_benaderen te_schrijven te_spammen",
    "MAILS": "mail mails email emails bericht berichten reclame spam nieuwsbrief nieuwsbrieven post telefoontjes contact sms"
    " smsjes aanbiedingen communicatie",
    "WISH": "wil willen wens wensen zou graag kan hoe wilt kunt kunnen verzoek gaarne",
}

_RULES = (
    ("unsubscribe", "schrijf ME ~5 uit"),
    ("unsubscribe", "meld ME ~5 af"),
    ("unsubscribe", "haal ME/MINE ~5 af/uit/weg"),
    ("unsubscribe", "haal ME/MINE ~2 van ~3 LIST"),
    ("unsubscribe", "ME ~5 afmelden/uitschrijven/uit_te_schrijven/af_te_melden/verwijderen/te_verwijderen $"),
    ("unsubscribe", "^ ~1 afmelden/uitschrijven voor/van/uit/bij ~4 $"),
    ("unsubscribe", "van/uit ~2 LIST ~2 afhalen/halen/verwijderen/te_verwijderen/te_halen"),
    ("remove", "verwijder/schrap/wis/delete ~1 ME"),
    ("remove", "verwijder/schrap/wis/delete ~1 MINE ~1 THING"),
    ("remove", "MINE ~1 THING ~4 verwijderen/te_verwijderen/wissen/te_wissen/schrappen"),
    ("wish", "WISH ~2 ME ~4 afmelden/uitschrijven"),
    ("wish", "WISH ~4 afmelden/uitschrijven $"),
    ("wish", "WISH ~3 van ~3 LIST af"),
    ("refusal", "CONTACT ~1 ME ~3 niet/nooit ~1 meer/weer/nog/opnieuw"),
    ("refusal", "CONTACT ~1 ME ~1 niet/nooit $"),
    ("refusal", "niet/nooit meer CONTACT"),
    ("refusal", "ME niet/nooit ~1 meer? ~1 CONTACT $"),
    ("refusal", "CONTACT ~1 ME geen/niets ~3 meer"),
    ("refusal", "neem ~1 geen contact ~5 op"),
    ("refusal", "geen ~1 contact ~2 meer? ~3 opnemen/op_te_nemen"),
    ("refusal", "^ geen MAILS meer ~2 $"),
    ("unwanted", "WISH ~3 geen/niets/niet ~1 MAILS ~5 ontvangen/krijgen/hebben/meer"),
    ("unwanted", "WISH ~3 niet ~1 meer ~2 ontvangen/benaderd/gebeld/gemaild/horen/krijgen/gecontacteerd"),
    ("unwanted", "stel/stellen geen prijs op ~5"),
    ("stop", "stop/stoppen/hou/houd ~2 met ~3 CONTACT/MAILS"),
    ("stop", "stop/hou/houd ~1 hiermee/ermee/daarmee ~1 $"),
    ("stop", "hou ~1 op"),
    ("hostile", "laat ME ~1 met_rust"),
    ("hostile", "^ rot_op/flikker_op/sodemieter_op/donder_op ~2 $"),
    ("data", "bezwaar tegen ~4 verwerking/gebruik/gegevens"),
    ("data", "trek ~3 toestemming ~2 in"),
    ("data", "nooit/geen/zonder ~2 toestemming ~2 gegeven/om/voor/mij"),
    ("data", "nooit ~2 aangemeld/ingeschreven ~3"),
    ("data", "recht op vergetelheid/verwijdering/gegevenswissing"),
    ("threat", "als/indien/anders/nog_een ~10 advocaat/aangifte/klacht/autoriteit/juridische/politie"),
    ("threat", "meld/rapporteer/markeer ~3 als spam"),
)

LANGUAGE = Language(
    code="nl",
    words=_WORDS,
    rules=_RULES,
    bare="stop stoppen afmelden uitschrijven verwijderen verwijder afmelding uitschrijving ophouden schrijf_uit",
    polite="aub alstublieft alsjeblieft svp graag bedankt dank dank_u dank_je nu direct onmiddellijk hallo goedemorgen beste"
    " nee_bedankt geen_interesse per_direct meteen gewoon hiermee a.u.b",
    signoff="groet groeten mvg met_vriendelijke_groet bedankt vriendelijke_groeten",
    greeting="hallo beste goedemorgen goedemiddag hoi dag geachte",
    me="mij me ons mijn onze",
    joins_clauses=True,
    negators="niet nooit geen",
    through="me mij ons graag te meer",
    late_negators="niet nooit",
    complains=("waarom/als ~5 niet",),
    others="klanten gebruikers mensen abonnees lezers ze zich ontvangers",
    not_meant=(
        "klik/hier/urltoken",
        "als/indien/wilt je/u ~8",
        "antwoord ~3 stop",
        "u/je kunt/kan ~6 afmelden/uitschrijven",
        "om u/je ~4 uit_te_schrijven/af_te_melden",
        "per_ongeluk",
        "aarzel*",
    ),
    deferrals=(
        "vandaag/morgen/voor/tot/deze_week/volgende_week/nu/nog_niet/tijdens/maandag/dinsdag/woensdag/donderdag/vrijdag",
        "heb/hebben/heeft",
        "aarzel*",
    ),
    forever="meer nooit",
    redirects=("liever/beter/in_plaats",),
    glad=("klinkt goed", "bel me"),
)

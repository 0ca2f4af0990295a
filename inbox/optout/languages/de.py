# ruff: noqa: E501  (word tables read best one entry to a line)
"""German opt-outs; verbs may come apart ("melden Sie mich ... ab")."""

from inbox.optout.grammar import Language

_WORDS = {
    "ME": "mich uns mir",
    "MINE": "mein meine meinen meiner meinem unser unsere unseren unserer unserem diese dieser dieses diesen",
    "THING": "daten adresse adressen emailadresse email-adresse mailadresse email emails mail nummer telefonnummer handynummer"
    " kontakt kontaktdaten name namen eintrag firma unternehmen nummern angaben mobilnummer personenbezogenen"
    " email-adressen postfach",
    "LIST": "liste listen verteiler verteilerliste mailverteiler emailverteiler newsletter datenbank system kartei adressliste"
    " mailingliste mailing mailings kampagne crm datensatz email-verteiler mail-verteiler adressbestand unterlagen bestand"
    " newsletters systemen aussendungen",
    "REMOVE": "entfern* lösch* streich* tilg* sperr*",
    "REMOVEINF": "entfernen zu_entfernen löschen zu_löschen abmelden abzumelden austragen auszutragen streichen zu_streichen"
    " rausnehmen herausnehmen rauszunehmen herauszunehmen nehmen zu_nehmen gelöscht entfernt ausgetragen abgemeldet"
    " gestrichen sperren zu_sperren abbestellen raus genommen",
    "WISH": "möchte möchten will wollen würde würden wünsche wünschen kann können bitte darf muss bitten hätte",
    "CONTACT": "kontaktier* schreib* ruf* mail* schick* send* anschreib* anruf* belästig* nerv* simst kontaktaufnahme melde*"
    " sprech* stör* angeschrieben anzuschreiben anzurufen anzumailen texte* zusend* zuschick* anspam* spam* angerufen"
    " kontaktiert zu_kontaktieren zu_schreiben zu_schicken zu_senden zuzusenden zu_belästigen zu_nerven zu_mailen"
    " zu_spammen zu_stören anzurufen",
    "CONTACTINF": "kontaktieren schreiben anschreiben anrufen anmailen mailen melden schicken senden belästigen nerven stören"
    " kontaktiert angeschrieben angerufen zuschicken zusenden zu_kontaktieren zu_schreiben zu_schicken zu_senden zuzusenden"
    " zu_belästigen zu_nerven zu_mailen anzuschreiben anzurufen anzumailen belästigt",
    "MAILS": "email emails mail mails mailing mailings nachricht* werbung werbe* werbemail* anruf* kontakt kontaktaufnahme* spam newsletter post sms"
    " kontaktversuch* angebot* anfrage* zusendung* belästigung* kommunikation kontaktierung info* informationen",
    "NEVER": "nicht nie niemals",
    "MORE": "mehr wieder weiter weiterhin erneut nochmal noch_einmal noch_mal länger",
    "GET": "erhalten bekommen haben empfangen kriegen lesen sehen",
    "LEGAL": "anwalt anwältin rechtsanwalt rechtsanwältin rechtliche* anzeige abmahn* datenschutzbehörde unterlassungsklage"
    " unterlassungserklärung klage bundesnetzagentur juristische* gericht aufsichtsbehörde rechtsabteilung strafanzeige"
    " anzeigen verbraucherzentrale polizei",
}

_RULES = (
    ("unsubscribe", "meld* ~1 ME/MINE ~7 ab"),
    ("unsubscribe", "trag* ~1 ME/MINE ~7 aus"),
    ("unsubscribe", "bestell* ~2 ME/MINE/newsletter ~5 ab"),
    ("unsubscribe", "nehm*/nimm/holen/werfen/schmeissen ~1 ME/MINE ~4 raus/heraus/runter"),
    ("unsubscribe", "nehm*/nimm/holen/werfen/schmeissen ~1 ME/MINE ~2 aus/von ~4 LIST"),
    ("unsubscribe", "ME/MINE ~1 aus/von ~4 LIST"),
    ("unsubscribe", "aus/von ~3 LIST ~2 REMOVEINF"),
    ("unsubscribe", "^ ~1 abmelden/abbestellen/austragen/abbestellung/abmeldung ~3 LIST"),
    ("unsubscribe", "^ newsletter/abo/abonnement/mails ~1 abbestellen/abmelden/kündigen $"),
    ("unsubscribe", "^ ~1 abmeldung/austragung/löschung/streichung von/aus/vom ~4 $"),
    ("unsubscribe", "bitte/bitten um ~3 abmeldung/austragung/streichung/löschung/entfernung"),
    ("unsubscribe", "setz*/nehm* ~1 ME/MINE ~2 auf ~3 sperrliste/blacklist/robinsonliste/negativliste"),
    ("unwanted", "MAILS ~3 unerwünscht"),
    ("unwanted", "nicht an weiteren/ihren/solchen ~1 MAILS interessiert"),
    ("hostile", "verschon* ~1 ME"),
    ("stop", "davon ~2 abzusehen/absehen"),
    ("threat", "sie/du/ihr belästig*/nerv*/spammen/spammst ME"),
    ("remove", "REMOVE ~1 ME ~1 $"),
    ("remove", "REMOVE ~1 ME ~1 aus/von/vom/und/bitte/umgehend/sofort"),
    ("remove", "REMOVE ~2 MINE ~2 THING"),
    ("remove", "REMOVE ~2 alle/sämtliche ~3 daten/angaben/informationen"),
    ("remove", "ME ~6 REMOVEINF $"),
    ("remove", "MINE ~2 THING ~6 REMOVEINF"),
    ("remove", "alle/sämtliche ~3 daten ~6 löschen/zu_löschen/entfernen"),
    ("remove", "daten ~5 löschen/zu_löschen $"),
    ("wish", "WISH ~5 abmelden/austragen/abbestellen/abbestelle $"),
    ("wish", "WISH ~3 ME ~4 abmelden/austragen/abbestellen $"),
    ("wish", "wie ~1 melde/bestelle/trage ~3 ab/aus"),
    ("wish", "WISH ~5 gelöscht/entfernt/ausgetragen/abgemeldet/gestrichen werden"),
    ("complaint", "abmeldelink/abmelde-link/abmeldebutton/abmeldefunktion ~3 nicht/fehlt/kein/keinen/defekt"),
    ("complaint", "kein/keinen/fehlender ~1 abmeldelink/abmelde-link/abmeldebutton"),
    ("complaint", "habe/haben ~3 ME ~4 abgemeldet/ausgetragen"),
    ("complaint", "mehrfach/mehrmals/bereits/schon ~4 abgemeldet/gebeten/aufgefordert ~8"),
    # contact forbidden
    ("refusal", "CONTACT ~3 ME ~4 NEVER MORE"),
    ("refusal", "CONTACT ~3 ME ~2 NEVER an? $"),
    ("refusal", "CONTACT ~2 NEVER MORE"),
    ("refusal", "NEVER MORE ~3 CONTACTINF"),
    ("refusal", "NEVER MORE bei? ME ~1 CONTACT"),
    ("refusal", "ME ~1 NEVER MORE? ~2 CONTACT $"),
    ("refusal", "CONTACT ~3 ME ~3 nichts/keine/keinerlei ~3 mehr"),
    ("refusal", "CONTACT ~3 ME ~3 keine/keinerlei ~1 weiteren/weitere/MAILS"),
    ("refusal", "ME ~2 nichts/keine/keinerlei ~3 mehr ~2 CONTACT"),
    ("refusal", "nehm* ~2 keinen/nie/nicht ~2 kontakt ~3 auf"),
    ("refusal", "keine/keinen/kein/keinerlei weiteren/weitere/weiterer/weiteres ~1 MAILS"),
    ("refusal", "^ keine/keinen/kein/keinerlei ~1 MAILS ~2 mehr ~2 $"),
    ("refusal", "^ keine/keinen/kein/keinerlei MAILS $"),
    ("unwanted", "WISH ~6 keine/keinen/kein/keinerlei/nichts ~3 MAILS ~1 mehr ~4 GET/CONTACT/bitte"),
    ("unwanted", "WISH ~6 keine/keinen/kein/keinerlei ~3 MAILS ~5"),
    ("unwanted", "WISH ~4 nicht/nichts/nie ~1 mehr ~3 GET/hören/CONTACT/kontaktiert/angeschrieben/angerufen/belästigt"),
    ("unwanted", "WISH ~4 nicht/nie ~2 kontaktiert/angeschrieben/angerufen/belästigt ~1 werden"),
    ("unwanted", "kein/keine/keinerlei ~1 interesse an weiteren/ihren/diesen/solchen ~1 MAILS"),
    ("unwanted", "verbitte/verbitten/untersage/untersagen/verbiete/verbieten ~8 MAILS/CONTACT"),
    ("unwanted", "verbitte/verbitten/untersage/untersagen/verbiete ~4 das/dies/es"),
    ("stop", "seh* ~2 von ~6 ab/abzusehen"),
    ("stop", "von ~6 MAILS ~3 abzusehen/absehen"),
    ("stop", "unterlass*/unterlaß* ~5 MAILS/CONTACT/das/dies/es"),
    ("stop", "MAILS/CONTACT/dies/das ~4 zu_unterlassen/unterlassen/einstellen/einzustellen/zu_stoppen/stoppen"),
    ("stop", "verzicht* ~2 auf ~3 weitere/MAILS"),
    ("stop", "stell*/stopp/stoppen/stoppe/stoppt/stop ~3 MAILS/zusendung/versand ~3"),
    ("stop", "hör*/hoer* ~2 endlich? bitte? damit? auf damit/jetzt/endlich? $"),
    ("stop", "hör* ~2 auf ~1 ME ~4 CONTACT"),
    ("stop", "hör* ~2 auf ~2 mit ~4"),
    ("stop", "hör* ~2 auf ~2 ME"),
    ("stop", "aufhören ~1 ME ~4 CONTACT"),
    ("hostile", "lass*/lassen ~1 ME ~3 ruhe/frieden !*en"),
    ("hostile", "ME ~2 in_ruhe/in_frieden lassen/zu_lassen"),
    ("hostile", "^ hau/haut/verpiss*/verpisst/zieh/leck/fick ~4 $"),
    ("hostile", "vergiss/vergessen/lösch* ~1 MINE nummer/email/adresse/telefonnummer"),
    ("data", "widersprech*/widerspruch ~8 verarbeitung/nutzung/speicherung/verwendung/werbung/daten/werbezwecken"),
    ("data", "verarbeitung/nutzung/speicherung/verwendung/werbung/daten ~6 widersprech*"),
    ("data", "widerruf* ~6 einwilligung/zustimmung/einverständnis"),
    ("data", "einwilligung/zustimmung/einverständnis ~4 widerrufe/widerrufen/nie/nicht"),
    ("data", "keine/nie/ohne/kein ~3 einwilligung/zustimmung/erlaubnis ~3 gegeben/erteilt/werbung/kontakt/dafür"),
    ("data", "nie/nicht/niemals ~3 angemeldet/abonniert/eingetragen/eingewilligt/zugestimmt"),
    ("data", "löschung ~5 daten"),
    ("data", "recht auf löschung/vergessenwerden"),
    (
        "threat",
        "wenn/falls/sollten/sollte/bei/sonst/andernfalls/ansonsten/nochmal/erneut ~4 ME/weiter*/nochmal/erneut/nicht/noch ~8 LEGAL",
    ),
    ("threat", "LEGAL ~8 wenn/falls/sollten/weiter*/nochmal/erneut"),
    ("threat", "ME ~3 sonst/andernfalls ~5 LEGAL"),
    ("threat", "melde/gemeldet/melden/markiere/markiert ~4 als spam"),
    ("threat", "blockiere/sperre/blockieren ~3 sie/dich/euch/absender ~2 $"),
    ("threat", "das/dies/sie ~2 ist/sind ~1 belästigung"),
)

LANGUAGE = Language(
    code="de",
    words=_WORDS,
    rules=_RULES,
    bare="stop stopp stoppen abmelden abmeldung abbestellen abbestellung austragen austragung löschen löschung aufhören"
    " unterlassen raus entfernen deabonnieren newsletter_abmelden newsletter_abbestellen mich_abmelden keine_werbung",
    polite="bitte danke danke_schön vielen_dank sofort jetzt umgehend endlich guten_tag hallo gruss grüsse mal doch einfach also nun"
    " unverzüglich kein_interesse nein nein_danke künftig zukünftig in_zukunft sie ab_sofort dankeschön freundliche_grüsse unwiderruflich dsgvo alle komplett vollständig",
    joins_clauses=True,
    signoff="mfg gruss grüsse mit_freundlichen_grüssen freundliche_grüsse viele_grüsse vg lg danke beste_grüsse mit_besten_grüssen",
    greeting="hallo sehr_geehrter_herr sehr_geehrte_frau guten_tag guten_morgen lieber liebe hi moin",
    me="mich uns mir mein* unser*",
    negators="nicht nie niemals kein* ohne",
    through="bitte mich uns sie dich noch zu ihr",
    late_negators="nicht nie niemals keinesfalls",
    complains=("warum/wieso/wenn/falls/weshalb ~5 nicht",),
    others="kunden nutzer abonnenten leute empfänger leser man mitarbeiter_unserer teilnehmer user interessenten",
    subjects="",
    not_meant=(
        "klick*/hier/urltoken",
        "wenn/falls/sollten sie/du/ihr ~10",
        "antwort* ~3 stopp/stop/abmelden",
        "um sich ~4 abzumelden",
        "sie/du können/kannst ~6 abmelden/abbestellen/widersprechen/austragen",
        "können/kannst ~2 sie/du ~4 jederzeit",
        "abmelderate*/abmeldequote/abmelderaten/abmeldungen/abmeldeseite",
        "versehentlich/aus_versehen/irrtümlich ~3",
    ),
    other_matter=(
        "dienstag/montag/mittwoch/donnerstag/freitag/termin/meeting/teilnahme/webinar/veranstaltung/angebot/vertrag",
    ),
    deferrals=(
        "heute/morgen/übermorgen/nächste/nächsten/diese_woche/vor/bis/erst/jetzt/noch/während/gerade/momentan/derzeit",
        "montag/dienstag/mittwoch/donnerstag/freitag/samstag/wochenende/urlaub/abend/abends",
        "habe/haben/hatte/hatten",
    ),
    forever="mehr wieder nie niemals erneut weiter*",
    redirects=(
        "sondern/stattdessen/lieber",
        "email/mail/telefon/anruf/whatsapp ~2 ist/wäre ~2 besser/lieber",
        "nutzen/verwenden/schreiben/nehmen ~5 mailtoken",
    ),
    glad=(
        "klingt/hört ~2 gut/spannend/interessant",
        "rufen_sie_mich/ruf_mich",
        "lassen_sie_uns/lass_uns",
        "gerne/gern ~4 termin",
    ),
)

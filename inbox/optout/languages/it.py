# ruff: noqa: E501  (word tables read best one entry to a line)
"""Italian opt-outs. Pronouns hang on the verb ("cancellatemi") or stand before it ("mi cancelli")."""

from inbox.optout.grammar import Language

_WORDS = {
    "ME": "mi ci me noi",
    "MINE": "mio mia miei mie nostro nostra nostri nostre questo questa questi queste",
    "THING": "mail email indirizzo nome numero contatto contatti dati nominativo azienda societa telefono cellulare recapito"
    " recapiti informazioni casella account",
    "LIST": "lista liste mailing mailing-list newsletter database archivio archivi elenco elenchi banca rubrica crm registri"
    " campagna campagne invii contatti dati anagrafica",
    "REMOVEME": "cancell*mi cancell*ci rimuov*mi rimuov*ci togli*mi togli*ci togl*mi disiscriv*mi disiscriv*ci elimin*mi"
    " elimin*ci depenn*mi esclud*mi levat*mi levami leva*mi disiscr*mi sfil*mi blocc*mi escludetemi disabbon*mi",
    "REMOVE": "cancell* rimuov* rimoz* togli* toglier* tolga* disiscriv* elimin* depenn* esclud* leva levi levate levare"
    " disabbon*",
    "WISH": "voglio vogliamo vorrei vorremmo desidero desideriamo chiedo chiediamo prego preghiamo come posso possibile potete"
    " puo potrebbe potreste faccio si_prega gradirei devo",
    "CONTACT": "contatt* scriv* chiam* invi* mand* disturb* telefon* messaggi* spamm* assill* ricontatt* cerc* sped* importun*"
    " tempest* molest*",
    "CONTACTME": "contatt*mi contatt*ci scriv*mi scriv*ci chiam*mi chiam*ci invi*mi invi*ci mand*mi mand*ci disturb*mi"
    " disturb*ci telefon*mi spamm*mi ricontatt*mi cerc*mi assill*mi importun*mi molest*mi rompe*mi",
    "MAILS": "mail email emails messaggi messaggio chiamate telefonate pubblicita spam sms comunicazioni comunicazione"
    " informazioni newsletter contatti contatto offerte invii promozioni",
    "MORE": "piu mai nuovamente ancora ulteriormente",
    "STOP": "smett* smettet* smetta* smetti piantat* piantala finit* finisc* finiscila cessat* cessi evit* basta",
    "AUTHORITY": "avvocato avvocati legale legali denuncia denuncio garante querela polizia tribunale",
}

_RULES = (
    ("unsubscribe", "REMOVEME ~1 $"),
    ("unsubscribe", "REMOVEME ~1 da/dal/dalla/dalle/dai/dagli/subito/e/per/immediatamente/grazie ~5"),
    ("remove", "ME REMOVE ~4 da/dal/dalla/dalle/dai/dagli"),
    ("remove", "ME REMOVE ~1 $"),
    ("remove", "REMOVE ~3 MINE ~2 THING"),
    ("remove", "^ REMOVE ~4 da/dal/dalla/dalle/dai/dagli ~3 LIST"),
    ("unsubscribe", "^ cancellazione/disiscrizione/rimozione/disdetta da/dal/dalla/dalle/dai/dagli/immediata ~4 $"),
    ("unsubscribe", "chiedo/chiediamo/richiedo ~2 cancellazione/rimozione/disiscrizione"),
    ("wish", "WISH ~3 REMOVEME"),
    ("wish", "WISH ~3 essere ~1 cancellat*/rimoss*/tolt*/eliminat*/disiscritt*/esclus*"),
    ("wish", "WISH ~2 uscire da/dal/dalla/dalle/dai ~3 LIST"),
    ("complaint", "link/pulsante/tasto ~1 di/per ~2 disiscriz*/disiscriv*/cancellazione/cancellarsi ~5 non"),
    ("complaint", "non/nessun ~3 link/pulsante/tasto ~1 di/per ~2 disiscriz*/disiscriv*/cancell*"),
    ("complaint", "gia ~5 chiesto/richiesto/detto/disiscritt*/cancellat* ~6"),
    # contact forbidden
    ("refusal", "non ME ~1 CONTACT ~3 MORE"),
    ("refusal", "non ME ~1 CONTACT ~1 $"),
    ("refusal", "non CONTACTME ~2 MORE"),
    ("refusal", "non CONTACTME ~1 $"),
    ("refusal", "non CONTACT MORE ~3"),
    ("refusal", "non ~1 CONTACTME ~1 MORE"),
    ("refusal", "mai MORE CONTACT/CONTACTME"),
    ("refusal", "^ niente/nessun*/stop/basta ~2 MAILS ~2 $"),
    ("refusal", "^ non ~2 MORE MAILS ~2 $"),
    ("unwanted", "non ~1 voglio/desider*/vogliamo/intend*/vorrei/gradi* ~2 ricev*/riceverne ~4"),
    (
        "unwanted",
        "non ~1 voglio/desider*/vogliamo/intend*/vorrei/gradi* ~2 essere ~1 contattat*/disturbat*/ricontattat*",
    ),
    ("unwanted", "non ~1 voglio/desider*/vogliamo/intend* ~2 MORE ~2 MAILS/sentir*/saper*"),
    ("unwanted", "non ~1 voglio/desider*/vogliamo che ~2 ME ~1 CONTACT"),
    ("stop", "STOP ~1 di ~1 CONTACTME"),
    ("stop", "STOP ~1 di ME CONTACT"),
    ("stop", "STOP ~1 di CONTACT ~3"),
    ("stop", "STOP ~1 con ~2 MAILS"),
    ("stop", "basta ~1 MAILS"),
    ("stop", "^ smettetela/smettila/la_smetta/piantatela/piantala/basta_cosi/finitela $"),
    ("stop", "diffid* ~2 da/dal/dall ~1 CONTACT/CONTACTME"),
    ("threat", "ME ~1 state/stai/sta molestando/assillando/disturbando/stalkerando"),
    ("hostile", "^ non rompete/rompere/rompetemi ~3 $"),
    ("unwanted", "non ~2 interessat* a ricevere"),
    ("remove", "MINE ~2 THING ~1 venga/vengano/sia/siano cancellat*/rimoss*/eliminat*/tolt*"),
    ("stop", "asten*/astener* ~1 dal/da/dall ~2 CONTACT/CONTACTME/inviare/ulterior*"),
    ("hostile", "lasc*mi/lasc*ci ~1 in_pace/stare/tranquill*"),
    ("hostile", "ME lasc* ~1 in_pace/stare/tranquill*"),
    ("hostile", "^ vaffanculo/sparisci/sparite/vai_via/andate_via ~3 $"),
    ("hostile", "dimentic*/cancell*/perd* ~1 MINE numero/indirizzo/contatto"),
    ("data", "ME oppongo/opponiamo ~1 al/alla/all ~5"),
    ("data", "opposizione al trattamento"),
    ("data", "cancellazione/rimozione/eliminazione ~1 dei/di ~2 dati"),
    ("data", "cancellazione/rimozione/eliminazione ~1 dei/di MINE ~1 dati"),
    ("data", "cancell*/elimin*/rimuov* ~3 dati ~3 personali/gdpr/miei/mie"),
    ("data", "cancell*/elimin*/rimuov* ~1 tutti/tutte ~4 dati/informazioni"),
    ("data", "diritto ~1 all/alla/di ~1 oblio/cancellazione/opposizione"),
    ("data", "revoc*/ritir* ~2 consenso"),
    ("data", "mai/non/senza/nessun ~4 consenso/autorizzazione ~4 CONTACT/CONTACTME/us*/tratt*/ricev*"),
    ("data", "mai/non ~2 dato/do ~2 consenso/autorizzazione"),
    ("data", "mai/non ~2 autorizzo/acconsento/acconsentito ~4 CONTACT/CONTACTME/us*/tratt*/ricev*"),
    ("data", "mai/non ~2 iscritt*/registrat* ~2 a/alla/al ~4"),
    ("threat", "se/continu*/ancora/altrimenti/ulterior*/prossim* ~12 AUTHORITY"),
    ("threat", "AUTHORITY ~8 se/continu*/ancora ~3"),
    ("threat", "segnal* ~4 come spam"),
    ("threat", "questo/questa/queste ~1 e/sono ~1 molesti*/stalking"),
    ("threat", "vi/ti/la blocco/segnalo/denuncio/blocchero/segnalero/denuncero"),
)

LANGUAGE = Language(
    code="it",
    words=_WORDS,
    rules=_RULES,
    bare="stop basta disiscrizione disiscrivere disiscrivimi cancellazione cancellare cancellarmi disiscrivermi rimuovere"
    " rimozione eliminare smettetela smettila disdetta annulla_iscrizione annullare_iscrizione cancella_iscrizione cancellami rimuovimi",
    polite="per_favore grazie subito immediatamente ora adesso buongiorno buonasera salve ciao per_cortesia cortesemente gentilmente"
    " no_grazie non_interessato non_mi_interessa la_prego vi_prego prego grazie_mille pf",
    signoff="saluti grazie cordiali_saluti distinti_saluti cordialmente",
    greeting="buongiorno buonasera salve ciao gentile egregio",
    me="mi ci me mio mia miei mie nostr* *mi *ci",
    negators="non mai ne senza",
    through="mi ci di favore per ancora vi si voglio che deve dovete occorre serve",
    complains=("perche/se ~3 non",),
    others="utenti clienti iscritti persone loro lettori gente molti",
    subjects="",
    not_meant=(
        "clicca*/clicchi/qui/premi/urltoken",
        "se ~1 non ~2 vuoi/desider*/vuole/volete ~5",
        "se ~1 vuoi/desider*/vuole/volete ~3 cancell*/disiscriv*",
        "^ per cancell*/disiscriv*/annullare ~5",
        "puoi/puo ~2 cancellarti/cancellarsi/disiscriverti/disiscriversi",
        "rispond* ~3 stop/cancella*",
        "tasso/tassi",
        "per_errore/per_sbaglio/accidentalmente",
        "esit*",
    ),
    other_matter=("riunione/preventivo/proposta/appuntamento/incontro/contratto",),
    deferrals=(
        "oggi/domani/prima/fino/questa_settimana/prossima_settimana/per_ora/adesso/durante/ancora_a",
        "lunedi/martedi/mercoledi/giovedi/venerdi/sabato",
        "ho/abbiamo/hai",
        "esit*",
    ),
    forever="piu mai",
    redirects=("meglio/preferisco/preferiamo/piuttosto/invece", "us*/scriv* ~4 mailtoken"),
    glad=("mi interessa", "sentiamoci", "parliamone"),
)

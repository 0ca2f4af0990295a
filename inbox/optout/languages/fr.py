# ruff: noqa: E501  (word tables read best one entry to a line)
"""French opt-outs. Elisions arrive apart: "m'écrivez" as "m ecrivez"."""

from inbox.optout.grammar import Language

_WORDS = {
    "ME": "me moi nous m",
    "MINE": "mon ma mes notre nos cette ce ces",
    "THING": "adresse adresses email emails mail courriel nom numero coordonnees donnees contact informations infos societe"
    " entreprise telephone portable fiche compte",
    "LIST": "liste listes fichier fichiers base bases diffusion newsletter newsletters mailing mailings donnees crm repertoire"
    " campagne campagnes envois registre registres contacts",
    "UNSUB": "desabonne* desinscri*",
    "REMOVE": "retire* enleve* supprim* efface* raye* radi* ote* exclu* blackliste*",
    "WISH": "veux voudrais souhaite souhaitons voulons voudrions aimerais aimerions desire desirons merci_de veuillez priere_de"
    " comment peux pouvez puis pourriez demande demandons faut je_dois besoin_de prie",
    "CONTACT": "contact* ecri* appel* envo* relanc* demarch* sollicit* derang* harcel* spam* recontact* importun* telephon*"
    " embet* adress* joindre textot* parl* approch* emmerd* texte* transmet*",
    "MAILS": "mail mails email emails courriel courriels message messages sms pub publicite publicites envoi envois appel appels"
    " sollicitation sollicitations relance relances newsletter newsletters spam spams demarchage contact prospection"
    " communications communication correspondance offres texto textos harcelement pourriels",
    "NEVER": "plus jamais",
    "GET": "recevoir etre avoir entendre lire voir",
    "AUTHORITY": "cnil avocat avocats plainte police justice juridique juridiques tribunal poursuites signal-spam dgccrf",
}

_RULES = (
    ("unsubscribe", "ME UNSUB"),
    ("unsubscribe", "UNSUB ME"),
    ("unsubscribe", "UNSUB MINE ~1 THING"),
    ("unsubscribe", "^ UNSUB/desabonnement/desinscription/desinscrire ~1 de/du/a/aux/immediat* ~4 $"),
    ("unsubscribe", "demande ~3 desinscription/desabonnement"),
    ("unsubscribe", "proceder ~3 desinscription/desabonnement/suppression/retrait"),
    ("remove", "ME REMOVE"),
    ("remove", "REMOVE ME"),
    ("remove", "sortez/sors/sortir ME de ~3 LIST"),
    ("remove", "REMOVE MINE ~2 THING"),
    ("remove", "^ REMOVE ~4 de ~2 LIST"),
    ("remove", "ne ~1 plus ~1 figurer/apparaitre ~6"),
    ("wish", "WISH ~3 ME UNSUB"),
    ("wish", "WISH ~3 etre ~1 UNSUB/REMOVE"),
    ("wish", "WISH ~3 sortir de ~3 LIST"),
    ("complaint", "lien/bouton de_desabonnement/de_desinscription ~6 pas/absent/manque"),
    ("complaint", "aucun/pas_de ~1 lien/bouton ~2 desabonnement/desinscription/desinscrire/desabonner"),
    ("complaint", "suis/sommes/ai ~3 deja/plusieurs ~3 UNSUB"),
    ("complaint", "suis/sommes ~2 UNSUB ~3 fois"),
    # contact forbidden
    ("refusal", "ne/n? ME ~1 CONTACT ~2 NEVER"),
    ("refusal", "ME ~1 CONTACT NEVER"),
    ("refusal", "ne ME CONTACT pas/point"),
    ("refusal", "ne NEVER ME? ~1 CONTACT"),
    ("refusal", "ne pas ME CONTACT"),
    ("refusal", "ne NEVER ~2 ME ~1 CONTACT"),
    ("refusal", "ne CONTACT NEVER ~4"),
    ("refusal", "inutile de ~2 ME CONTACT"),
    ("refusal", "^ plus/aucun/pas/stop ~1 de? d? ~1 MAILS ~3 $"),
    (
        "unwanted",
        "ne/n? ~1 souhait*/veux/veut/voul*/desir*/voudr*/aim*/tien* NEVER/pas ~2 GET ~6 MAILS/rien/contact*/sollicit*/derang*/vous/votre/vos/parler",
    ),
    ("unwanted", "ne NEVER ~1 recevoir/etre ~6"),
    ("unwanted", "refus* ~2 recevoir/toute/tout/vos/etre/MAILS/la"),
    ("unwanted", "ne/n? ~1 veux/voulons/souhait* NEVER/pas ~2 de vos/ces ~1 MAILS"),
    ("unwanted", "ne/n? ~1 veux/voulons/souhait* NEVER/pas que_vous ~2 CONTACT"),
    ("stop", "arret*/cess*/stop* ~1 de/d ~1 ME ~2 CONTACT"),
    ("stop", "arret*/cess*/stop* ~1 de/d ~1 CONTACT"),
    ("stop", "arret*/cess*/stop*/fin ~1 avec? vos/ces/les/cet/ce/tout/toute/tous/votre/le/cette/de/d/a? ~2 MAILS"),
    ("stop", "^ arret*/cess* ~1 ca/cela/tout/maintenant? $"),
    ("stop", "abstenir/abstenez/abstenez-vous ~3 de/d ~3 CONTACT/MAILS/tout"),
    ("hostile", "laiss*/fich*/fout* ME ~1 tranquille/tranquilles/paix/la_paix"),
    ("hostile", "ME laisser/foutre/ficher ~1 tranquille/paix/la_paix"),
    ("hostile", "^ degage*/cassez_vous/allez_vous_faire ~3 $"),
    ("hostile", "oubli*/effac*/perd* MINE numero/adresse/contact"),
    ("data", "oppose*/opposition ~2 au/a/aux ~4 traitement/utilisation/prospection/demarchage/donnees"),
    ("data", "droit a/d/de ~3 oubli/effacement/opposition/suppression"),
    ("data", "jamais/pas ~2 donne ~2 consentement/accord/autorisation"),
    ("data", "retir*/revoqu* ~1 MINE consentement"),
    ("data", "suppression/effacement ~2 de ~2 MINE ~2 donnees/informations/coordonnees"),
    ("data", "REMOVE ~1 toutes/tout/l ~4 donnees/informations/me_concern*"),
    (
        "data",
        "jamais/pas/aucun/sans ~3 consenti/consentement/accord/autorise/autorisation ~4 CONTACT/recevoir/utilis*/etre",
    ),
    ("data", "jamais/pas ~2 inscrit/inscrite/abonne/abonnee/demande a/de? ~3 recevoir/votre/vos/cette/rien/newsletter"),
    ("threat", "si/continu*/prochain*/encore/sinon/faute/sans_quoi ~12 AUTHORITY"),
    ("threat", "AUTHORITY ~8 si/continu*/encore ~3"),
    ("threat", "signal* ~4 comme/en spam/spams/indesirable"),
    ("threat", "vais/vous ~2 bloque/bloquer/signaler ~2"),
    ("threat", "vous/tu ME harcel*/spam*/emmerd*/importun*"),
    ("unwanted", "pas interess* par ~2 MAILS"),
    ("remove", "MINE ~2 THING ~2 soit/soient ~1 REMOVE"),
    ("threat", "c_est/est ~1 du? de? harcelement"),
    ("threat", "mise en demeure"),
)

LANGUAGE = Language(
    code="fr",
    words=_WORDS,
    rules=_RULES,
    bare="stop arret arreter arretez desabonnement desabonner desabonnez desabonne desinscription desinscrire desinscrivez"
    " se_desinscrire se_desabonner retirer supprimer suppression retrait cessez resiliation stop_sms stop_pub ca_suffit",
    polite="svp s_il_vous_plait s_il_te_plait merci merci_d_avance bonjour bonsoir immediatement maintenant stp madame monsieur"
    " non_merci pas_interesse pas_interessee definitivement vite ca de_suite tout_de_suite merci_beaucoup tout",
    signoff="cordialement merci bien_cordialement bien_a_vous cdt cdlt salutations sinceres_salutations",
    greeting="bonjour bonsoir salut cher chere",
    me="me moi nous m mon ma mes notre nos",
    negators="ne n ni pas_besoin_de inutile_de sans jamais",
    through="me m nous vous surtout pas jamais plus vouloir de",
    late_negators="pas",
    complains=("pourquoi/si ~3 ne",),
    others="clients client utilisateurs abonnes gens ils elles personnes lecteurs prospects se",
    subjects="ca cela il elle on ils elles qui rien personne",
    not_meant=(
        "cliqu*/ici/urltoken",
        "si vous/tu ~10",
        "pour/afin se/vous/te ~2 UNSUB",
        "vous_pouvez/tu_peux/pouvez-vous ~8 UNSUB/desinscrire/desabonner",
        "repondez/repondre/envoyez ~3 stop",
        "taux/statistiques",
        "par_erreur/erreur/accidentellement",
        "n hesitez/hesite/hesitez",
    ),
    other_matter=("devis/reunion/proposition/contrat/rendez-vous/facture",),
    deferrals=(
        "avant/aujourd_hui/demain/cette_semaine/semaine_prochaine/tout_de_suite/pour_l_instant/jusqu/pendant/encore/ce_matin/ce_soir",
        "lundi/mardi/mercredi/jeudi/vendredi/samedi/weekend",
        "n ai/avons/avez",
        "hesit*",
    ),
    forever="plus jamais",
    redirects=(
        "plutot/de_preference/preferable",
        "prefere/preferons ~3 mail/email/appel/sms/telephone/courriel/whatsapp",
        "mail/email/telephone/sms ~1 est/c_est ~2 mieux/preferable",
        "utilis*/ecri*/contact*/mais ~4 mailtoken",
    ),
    glad=("ca m interesse", "appel* moi", "parlons en", "avec plaisir"),
)

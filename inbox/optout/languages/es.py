# ruff: noqa: E501  (word tables read best one entry to a line)
"""Spanish opt-outs. Pronouns hang on the verb ("elimínenme") or stand before it ("no me escriban")."""

from inbox.optout.grammar import Language

_WORDS = {
    "ME": "me nos mi a_mi",
    "MINE": "mi mis nuestro nuestra nuestros nuestras este esta estos estas",
    "THING": "correo correos email emails mail direccion nombre numero telefono datos contacto contactos informacion empresa"
    " registro celular movil cuenta",
    "LIST": "lista listas base bases boletin boletines newsletter envios envio correo correos distribucion datos registros crm"
    " campana campanas mailing suscripcion emails comunicaciones",
    "REMOVEME": "elimin*me elimin*nos borr*me borr*nos quit*me quit*nos quite*me saqu*me saqu*nos sac*me sac*nos remuev*me"
    " remov*me retir*me retir*nos suprim*me excluy*me desuscrib*me desuscrib*nos desinscrib*me cancel*me tach*me borrenos"
    " desapunt*me bloque*me dese*me",
    "REMOVE": "elimin* borr* quit* saqu* saca sacar remuev* remov* retir* suprim* exclu* desuscrib* desinscrib* tach* cancel*"
    " desapunt*",
    "WISH": "quiero queremos quisiera quisieramos deseo deseamos me_gustaria solicito solicitamos pido pedimos exijo necesito"
    " como puedo ruego rogamos agradeceria agradeceriamos por_favor favor pueden puede podrian podria",
    "CONTACT": "contact* escrib* llam* envi* mand* molest* mensaje* comuni* contest* spame* busqu* buscar insist* acos* remit*"
    " moleste* hostig*",
    "CONTACTME": "contact*me contact*nos escrib*me escrib*nos llam*me llam*nos envi*me envi*nos mand*me mand*nos molest*me"
    " molest*nos spame*me acos*me comunic*se busc*me hostig*me",
    "MAILS": "correo correos email emails mail mails mensaje mensajes msj msjs llamada llamadas publicidad spam sms comunicacion"
    " comunicaciones informacion contacto envios promociones ofertas newsletter boletines propaganda whatsapp nada acoso",
    "MORE": "mas nunca jamas nuevamente otra_vez de_nuevo otra_vez",
    "STOP": "deje deja dejen dejad dejar dejes pare para paren parad parar cese cesen cesar basta detengan eviten evite",
    "AUTHORITY": "abogado abogados denuncia denunciar denunciare denunciaremos denuncio denunciamos reporto reportare aepd legales legal tribunales policia agencia",
}

_RULES = (
    ("unsubscribe", "dar*me/dar*nos/de*me/denme/dame/dadme/deme/denos ~1 de_baja"),
    ("unsubscribe", "ME de/den/da/des/dan/doy ~1 de_baja"),
    ("unsubscribe", "dar/den/de/da/dad ~1 de_baja ~1 MINE/a"),
    ("unsubscribe", "solicito/solicitamos/pido/quiero/quisiera/tramiten/procedan ~3 baja"),
    ("unsubscribe", "^ baja de/del/en/inmediata/definitiva ~5 $"),
    ("unsubscribe", "cancel* ~1 MINE suscripcion"),
    ("unsubscribe", "^ cancelar ~1 suscripcion ~3 $"),
    ("remove", "REMOVEME ~1 $"),
    ("remove", "REMOVEME ~1 de/del/d/ya/inmediatamente/y/cuanto_antes/por_favor/por"),
    ("remove", "ME REMOVE ~3 de/del ~3 LIST"),
    ("remove", "ME REMOVE $"),
    ("remove", "REMOVE ~1 MINE ~2 THING"),
    ("remove", "^ REMOVE ~4 de/del ~3 LIST"),
    ("wish", "WISH ~3 REMOVEME"),
    ("wish", "WISH ~2 salir de ~3 LIST"),
    ("wish", "WISH ~3 ser/estar ~1 eliminad*/borrad*/retirad*/excluid*"),
    ("complaint", "enlace/link/boton de/para ~2 baja/desuscrib*/darse ~5 no"),
    ("complaint", "no ~3 enlace/link/boton/opcion de/para ~2 baja/desuscrib*/darse/darme"),
    ("complaint", "ya ~4 baja/pedi/dije/solicite ~8 CONTACT/CONTACTME/baja/no"),
    # contact forbidden
    ("refusal", "no ME ~1 CONTACT ~4 MORE"),
    ("refusal", "no ME ~1 CONTACT $"),
    ("refusal", "no ME MORE ~1 CONTACT"),
    ("refusal", "no CONTACTME ~2 MORE"),
    ("refusal", "no CONTACTME $"),
    ("refusal", "no vuelv*/volv*/vuelvas ~1 a ~1 CONTACT"),
    ("refusal", "no ME vuelv*/volv* ~1 a ~1 CONTACT"),
    ("refusal", "nunca/jamas ~1 ME ~1 CONTACT"),
    ("refusal", "no CONTACT MORE ~3"),
    ("refusal", "no ME ~1 CONTACT ~3 MAILS ~1 $"),
    ("refusal", "^ no mas ~1 MAILS"),
    ("refusal", "no molest*/insist*/jod*/fastidi* $"),
    ("refusal", "no molest*/insist* MORE"),
    ("threat", "ME ~1 estan/estas/esta acosando/hostigando/molestando/spameando"),
    ("unwanted", "no ~2 interesad* en recibir"),
    ("remove", "MINE ~2 THING ~1 sea/sean eliminad*/borrad*/retirad*/suprimid*"),
    ("refusal", "^ ni_un ~2 mas $"),
    ("refusal", "^ ningun ~1 MAILS ~1 mas $"),
    (
        "unwanted",
        "no/ya_no ~1 quier*/dese*/querem*/quisier*/gustar*/interesa/acept* ~2 recib* ~3 MAILS/mas/sus/nada/de",
    ),
    ("unwanted", "no/ya_no ~1 quier*/dese*/querem*/quisier* ~2 que_me/que_nos ~2 CONTACT"),
    ("unwanted", "no/ya_no ~1 quier*/dese*/querem*/quisier* ~2 ser contactad*/molestad*"),
    ("unwanted", "no/ya_no ~1 quier*/dese*/querem*/quisier* ~1 mas ~1 MAILS"),
    ("unwanted", "no/ya_no ~1 quier* ~1 saber nada/mas ~3"),
    ("stop", "STOP ~1 ya? de ~1 CONTACTME"),
    ("stop", "STOP ~1 ya? de ~1 CONTACT ~3"),
    ("stop", "STOP ~2 de/con ~2 MAILS/molestar/acosar/tanto/joder/chingar/fastidiar/insistir"),
    ("stop", "dej*/par* ~1 de ~1 ME ~1 CONTACT"),
    ("stop", "abst*ngan*/abst*nga*/abstener* ~1 de ~2 CONTACT/CONTACTME/MAILS"),
    ("stop", "^ basta ya? $"),
    ("hostile", "dej*me/dej*nos ~1 en_paz/tranquil*"),
    ("hostile", "ME dej* ~1 en_paz/tranquil*"),
    ("hostile", "^ vete/vayase/larguese/largate ya? $"),
    ("hostile", "olvid*/borr*/pierd* MINE numero/telefono/contacto/correo"),
    ("data", "ME opongo/oponemos ~1 al/a ~5"),
    ("data", "supresion/eliminacion/cancelacion/borrado/oposicion ~2 de/a/al ~3 datos"),
    ("data", "derecho ~2 supresion/olvido/oposicion/cancelacion"),
    ("data", "retir*/revoc* ~1 MINE consentimiento"),
    ("data", "REMOVE ~1 todos/toda/cualquier ~4 datos/informacion"),
    ("data", "nunca/no/sin ~3 consentimiento/permiso/autorizacion ~4 CONTACT/CONTACTME/us*/trat*/datos/recib*/esto"),
    ("data", "nunca/no ~2 autorizo/autorice/autorizamos ~4"),
    ("data", "nunca/no ~2 di/doy/dado/dimos ~2 consentimiento/permiso/autorizacion"),
    ("data", "nunca/no/jamas ~2 suscrib*/suscrit*/apunte/inscribi/registre ~2 a/en ~4"),
    ("threat", "si/vuelv*/sigu*/continu*/contrario/otra_vez ~12 AUTHORITY"),
    ("threat", "AUTHORITY ~8 si/sigu*/vuelv*/continu* ~3"),
    ("threat", "report*/denunci*/marc* ~4 como spam"),
    ("threat", "voy_a/vamos_a ~1 bloquear*/denunciar*/reportar* ~3"),
    ("threat", "esto/eso ~1 es ~1 acoso"),
)

LANGUAGE = Language(
    code="es",
    words=_WORDS,
    rules=_RULES,
    bare="stop baja basta alto pare paren parar desuscribir desuscribirme desuscribirse cancelar_suscripcion darme_de_baja"
    " dar_de_baja darse_de_baja eliminar borrar remover desinscribir eliminarme quitar salir",
    polite="por_favor favor gracias ya inmediatamente ahora hola buenos_dias buenas_tardes buenas no_gracias muchas_gracias porfa"
    " porfavor no_me_interesa no_interesado de_una_vez saludos cuanto_antes urgente xfa",
    signoff="saludos gracias un_saludo atentamente saludos_cordiales cordialmente",
    greeting="hola buenos_dias buenas_tardes buenas estimado estimada",
    me="me nos mi mis nuestr* *me *nos",
    negators="no nunca ni sin jamas",
    through="me nos se por favor quiero que ustedes usted todavia aun necesito hace falta a",
    complains=("por_que/porque/si ~3 no",),
    others="clientes usuarios suscriptores gente ellos personas lectores",
    subjects="",
    not_meant=(
        "clic/click/aqui/pulse/haga/urltoken",
        "si ~1 no ~2 desea*/quier*/dese* ~6",
        "si ~1 desea*/quier*/prefier* ~3 baja/darse/cancelar",
        "^ para darse/cancelar ~5",
        "puede/puedes ~2 darse/cancelar",
        "responda/responde/envie ~3 stop/baja",
        "tasa/tasas/bajas",
        "por_error/sin_querer/accidentalmente",
        "de_baja hasta/medica/laboral/maternal",
        "dud*/duden",
    ),
    other_matter=("presupuesto/propuesta/factura/reunion/proveedor/contrato",),
    deferrals=(
        "hoy/manana/antes/hasta/todavia/aun/esta_semana/proxima_semana/por_ahora/ahora_mismo/durante",
        "lunes/martes/miercoles/jueves/viernes/sabado",
        "he/hemos/ha",
    ),
    forever="mas nunca jamas nuevamente",
    redirects=(
        "todavia/aun/si/sigo/sigue ~1 me_interesa/interesado/interesada",
        "mejor/prefiero/preferimos/en_su_lugar/en_cambio",
        "us*/escrib* ~4 mailtoken",
    ),
    glad=("me interesa mucho", "me encanta", "hablemos", "suena bien"),
)

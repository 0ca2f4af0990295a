# ruff: noqa: E501  (word tables read best one entry to a line)
"""English opt-outs. Contractions arrive spelt out ("do not"), "e-mail" as "email"."""

from inbox.optout.grammar import Language

_WORDS = {
    "ME": "me us myself ourselves",
    "MY": "my our this these that",
    "THING": "email emails address addresses name names number numbers phone cell mobile info information details data"
    " contact contacts company business inbox profile record records domain account mail mailbox team staff employee"
    " employees office organization organisation firm line person mails everyone",
    "UNSUB": "unsubscribe unsub desubscribe unsuscribe opt_out optout opt_me_out opt_us_out unsubscribing",
    "REMOVE": "remove delete erase drop scrub strike purge exclude cross_off scratch unlist wipe exempt scrap expunge",
    "REMOVED": "removed deleted erased dropped taken_off scrubbed unsubscribed opted_out purged excluded unlisted",
    "OWNED": "email personal private contact company business phone work mobile cell own entire whole full all of"
    " linkedin office corporate",
    "OFF": "off off_of out_of out from",
    "LIST": "list lists mailing mailings database databases db crm system systems distribution sequence sequences"
    " campaign campaigns outreach file files directory cadence spam newsletter newsletters email emails mail mails"
    " messages communications communication marketing contacts rolodex drip automation thing records"
    " mailing-list rota automations promotions blasts followups follow-ups",
    # A conversation: whoever wants out of it says so of themselves; "remove Bob from the thread" is housekeeping.
    "THREAD": "thread threads chain chains loop",
    "WISH": "want_to wanna would_like_to would_love_to like_to wish_to need_to trying_to tried_to try_to"
    " can_i can_we how_do_i how_do_we how_can_i how_can_we how_does_one how_to let_me where_do_i where_can_i ready_to"
    " prefer_to would_rather asking_to ask_to asked_to request_to requesting_to demand_to going_to will am hereby"
    " choose_to decided_to here_to",
    "STOP": "stop quit cease discontinue halt desist end knock_off cut_out stopping avoid",
    "CONTACT": "contact email mail text message msg call phone ring write_to write write_me reach_out_to reach_out reach"
    " follow_up_with follow_up ping bother spam harass pester solicit get_in_touch_with get_in_touch approach disturb"
    " sms dm annoy hassle chase bug target cold_call cold_email prospect hit_up talk_to speak_to ring_up",
    "CONTACTING": "contacting emailing mailing texting messaging msging calling phoning ringing writing writing_to"
    " reaching_out reaching_out_to following_up following_up_with pinging bothering spamming harassing pestering"
    " hounding chasing stalking disturbing annoying soliciting approaching bugging blowing_up hitting_up targeting"
    " prospecting cold_calling cold_emailing talking_to",
    "SENDING": "sending sending_me sending_us forwarding pushing",
    "MAILS": "email emails mail mails message messages text texts communication communications correspondence contact"
    " outreach call calls spam newsletter newsletters solicitation solicitations offers marketing follow-ups sms updates"
    " notifications junk crap shit bullshit nonsense stuff rubbish garbage spamming emailing messaging texting calling"
    " mailings mailers pitches pitch mailing sequence ads advertising harassment promotions promos campaigns",
    "MORE": "more further future additional other unsolicited such",
    "DET": "the your these this those any all with that sending getting receiving with_the with_these with_your every it"
    " further of of_your all_of_your more all_your all_these all_this future",
    "AGAIN": "again anymore any_more any_longer further ever in_future in_the_future going_forward moving_forward",
    "NOT": "not never",
    "EASY": "ever please even bother_to dare try_to wish_to_be want_to_be you like_to_be to want_you_to need_you_to be",
    "SPAMWORD": "spam junk phishing abuse scam abusive",
    "AUTHORITY": "ftc fcc ico authorities police regulator attorney_general bbb cnil data_protection spamhaus"
    " provider isp hosting linkedin google microsoft your_provider",
    "LEGAL": "lawyer lawyers attorney attorneys solicitor sue legal court ftc fcc ico harassment complaint"
    " police report reported block lawsuit regulator authorities",
}

_RULES = (
    # unsubscribe
    ("unsubscribe", "UNSUB ME"),
    ("unsubscribe", "UNSUB MY ~2 THING"),
    ("unsubscribe", "sign/opt/count ME out/off of?/from? $"),
    ("unsubscribe", "sign/opt ME out/off of/from"),
    ("unsubscribe", "^ UNSUB from/off/of/this/these/your/all/any/everything/now/here ~6 $"),
    ("unsubscribe", "cancel/end/terminate/discontinue ~1 MY ~1 subscription/subscriptions $"),
    ("unsubscribe", "cancel/end/terminate/discontinue ~2 subscription/subscriptions to/from/of ~3 LIST"),
    (
        "stop",
        "^ cancel/end/terminate/discontinue DET? DET? MORE? emails/mails/messages/texts/communication/communications/newsletter/newsletters/mailings/subscriptions ~4 $",
    ),
    ("unsubscribe", "consider/count/mark/list ME ~1 unsubscribed/opted_out/removed/out $"),
    ("unsubscribe", "want/wants/wanted/like/get ME ~2 unsubscribed/opted_out/removed"),
    ("wish", "WISH ~1 UNSUB"),
    ("wish", "be/get/been/have_me/have_us unsubscribed/opted_out"),
    ("wish", "am/are/hereby ~1 opting_out/unsubscribing"),
    ("wish", "i/we/hereby opt_out"),
    ("wish", "want/like/wish out of?/from? ~1 $"),
    ("wish", "want/like/wish out of/from MY/your/the ~3 LIST/THREAD"),
    (
        "complaint",
        "i/we have? already? unsubscribed/opted_out ~2 already/times/before/twice/again/last/yesterday/weeks/months",
    ),
    ("complaint", "i/we have? already/repeatedly/previously/just unsubscribed/opted_out"),
    ("complaint", "have/already/times/trying/tried ~3 to UNSUB"),
    ("complaint", "your unsubscribe/opt_out link/button/option/page/feature/form"),
    ("complaint", "no/not_any/not_an/without/missing/where_is ~2 unsubscribe/opt_out link/button/option/in/at"),
    # remove
    ("remove", "REMOVE ME $"),
    ("remove", "REMOVE ME and/now/immediately/asap/here/too/please/or/before/or_else/today"),
    ("remove", "REMOVE ME OFF ~6 LIST/THREAD"),
    ("remove", "REMOVE ME OFF MY/your/here/all/everything/any/it/there ~2 $"),
    ("remove", "REMOVE/removing/REMOVED ME OFF ~6 LIST/THREAD"),
    ("remove", "REMOVED ME $"),
    ("remove", "take/get/pull/keep/leave/strike ME off/off_of MY/everything/all/here/there/it/those/any/whatever ~4 $"),
    ("remove", "MY ~2 THING ~2 be/get/is/are/gets ~1 REMOVED"),
    ("remove", "not add ME to"),
    ("remove", "REMOVE MY OWNED? OWNED? THING $"),
    ("remove", "REMOVE MY OWNED? OWNED? THING and/or/you/that_you"),
    ("remove", "REMOVE MY ~3 THING ~3 OFF ~6 LIST/THREAD"),
    ("remove", "REMOVE MY ~3 THING OFF your/everything/all/it/there/here/whatever ~3 $"),
    ("remove", "^ REMOVE ~2 OFF ~4 LIST"),
    ("remove", "take/get/pull/keep/leave/strike/have ME ~1 OFF ~6 LIST/THREAD"),
    ("remove", "take/get/pull/keep/strike ME off $"),
    ("remove", "take/get/pull/keep/strike/leave MY ~3 OFF ~6 LIST/THREAD"),
    ("remove", "take/get/pull/strike MY ~2 THING off $"),
    ("remove", "off/off_of MY/your/the/whatever ~2 list/lists/database/mailing/distribution"),
    ("remove", "out_of your ~1 database/crm/list/lists/system/records"),
    ("wish", "am/are/be/get/been/getting/being REMOVED OFF ~4 LIST/THREAD"),
    ("wish", "be/get/been/getting/being REMOVED $"),
    ("wish", "be/get/been/getting/being REMOVED OFF MY/your/the/any/all/these ~4 LIST/THREAD"),
    ("complaint", "not/never/still ~2 removed/unsubscribed/deleted/taken ME"),
    ("complaint", "asked/requested/told/asking/demanded/requesting ~3 be/get/been ~1 REMOVED"),
    ("complaint", "asked/told/asking/begging ~2 to/you_to/you ~1 REMOVE/UNSUB/take ME"),
    ("remove", "put/add/place/list/register ME/MY ~3 do_not/dnc/not_to/suppression/exclusion/blocklist/block/opt_out"),
    ("remove", "blacklist/suppress/blocklist/block ME $"),
    ("remove", "blacklist/suppress/blocklist/block MY ~1 THING"),
    ("complaint", "am/are/is ~2 on ~3 do_not_call/do_not_contact/dnc"),
    ("complaint", "on ~3 do_not_call/do_not_contact list/registry/register"),
    ("hostile", "lose/forget/lost/burn/throw_away MY ~1 number/email/address/contact/info/details"),
    ("hostile", "forget you ever/had/knew ~3 number/email/address/me/contact/info"),
    ("hostile", "forget ~1 you ~1 have/had ~1 MY number/email/address"),
    # stop
    ("stop", "STOP ~1 CONTACTING ME"),
    ("stop", "STOP ~1 CONTACTING MY ~2 THING"),
    ("stop", "STOP ~1 CONTACTING $"),
    (
        "stop",
        "STOP ~1 CONTACTING now/so/or/and/this/here/these/people/anyone/everyone/altogether/immediately/with/about",
    ),
    ("stop", "STOP hitting/blowing/ringing ME up"),
    ("stop", "STOP SENDING ~2 to MY ~2 THING"),
    ("stop", "^ this/it/that/these/you ~2 need/needs/must/has/have to? stop $"),
    ("wish", "like/want/need ~2 this/these/it/your/emails/messages/calls/texts ~2 to_stop/stopped $"),
    ("stop", "^ enough with/of ~2 MAILS ~2 $"),
    ("stop", "^ enough DET? MAILS ~2 $"),
    ("stop", "say/saying/said/tell_you/told_you/asked/meant ~1 stop $"),
    ("stop", "STOP ~1 SENDING ME ~3 MAILS"),
    ("stop", "STOP ~1 SENDING ME/these/this/this_to_me/anything/those/your ~2 $"),
    ("stop", "STOP ~1 SENDING ~4 MAILS"),
    ("stop", "STOP SENDING $"),
    ("stop", "^ STOP DET? DET? ~2 MAILS ~4 $"),
    ("stop", "STOP all/any/your/these/this/the/those/with_the ~2 MAILS"),
    ("stop", "STOP using MY ~2 number/email/address/data/information/details/contact"),
    ("stop", "^ STOP this/it/that/doing_this/doing_that $"),
    ("wish", "ask/asked/tell/told/telling/asking/need/want/like/beg/begging/request/prefer you ~1 to? please? stop $"),
    ("stop", "could/would/will/can/must/should/do you ~2 stop $"),
    ("stop", "please/just/now/already/said/go_ahead_and stop $"),
    ("stop", "why ~2 you keep CONTACTING/SENDING ME"),
    ("wish", "WISH stop/avoid getting/receiving/these/your/this ~5"),
    ("wish", "WISH stop ~1 MAILS from you"),
    ("stop", "refrain/desist/abstain/cease from ~2 CONTACTING/SENDING/contact/communicating/any/further"),
    ("refusal", "no need to CONTACT/email/reach_out ME AGAIN"),
    # do not contact
    ("refusal", "NOT EASY? EASY? CONTACT or? nor? CONTACT? or? CONTACT? ME !a/an/the/another/that/those/when/if/once"),
    ("refusal", "NOT bother/keep ~1 CONTACTING/SENDING ME/AGAIN/MY/anything"),
    ("refusal", "NOT EASY? use MY ~2 email/address/number AGAIN/for"),
    ("refusal", "NOT EASY? use MY ~2 email/address/number $"),
    ("unwanted", "not ~1 welcome/allowed/permitted/authorized/authorised/entitled ~1 to CONTACT"),
    ("unwanted", "not be? contacted/emailed/called/texted/messaged/bothered AGAIN"),
    (
        "unwanted",
        "not ~1 accept/want/welcome/appreciate/take/allow/permit ~2 solicitation/solicitations/soliciting/unsolicited/spam/cold_emails/cold_calls",
    ),
    ("unwanted", "not ~1 interested in your/these/this/such/any/more ~2 MAILS"),
    ("refusal", "NOT EASY? EASY? CONTACT or? CONTACT? MY ~2 THING"),
    ("refusal", "NOT EASY? EASY? CONTACT or? CONTACT? AGAIN"),
    ("refusal", "NOT EASY? EASY? CONTACT or? and? CONTACT? $"),
    ("refusal", "NOT EASY? EASY? CONTACT here/anyone/anybody/any_of_us/this/to_me/to_us/to_this"),
    (
        "refusal",
        "NOT EASY? EASY? send/forward ME? any/anymore/more/further/your/these/this/such/anything/another ~3 MAILS/anything/again",
    ),
    ("refusal", "NOT EASY? EASY? send/forward !the/that/it/a/an ME? MORE? MAILS"),
    ("refusal", "NOT EASY? EASY? send/forward ME? anything/anymore/any_more/emails/messages/texts/stuff/these ~3 $"),
    ("refusal", "NOT EASY? come_back/get_back_to_me/knock/try AGAIN"),
    ("unwanted", "not to be contacted/emailed/called/texted/messaged/bothered/disturbed"),
    ("refusal", "^ no MORE or? MORE? ~1 MAILS"),
    ("refusal", "want/expect/be/is/are/receive/get/with ~1 no MORE ~2 MAILS"),
    ("refusal", "^ no MAILS AGAIN/please/thanks/thank_you/to/from ~4 $"),
    ("refusal", "^ please no MAILS $"),
    (
        "refusal",
        "^ no emails/mails/texts/spam/contact/solicitation/solicitations/marketing/newsletters/advertising ~0 $",
    ),
    ("refusal", "^ no soliciting/solicitors/cold_calls/cold_emails/advertising ~2 $"),
    ("refusal", "^ no more of/from/these/this ~5 $"),
    (
        "unwanted",
        "not/no_longer/never/nor ~1 want/wish/care/need/like/desire/agree/consent/interested ~3 receive/receiving/get/getting/have/see ~3 MAILS/anything/any/these/this/such/from_you/further",
    ),
    (
        "unwanted",
        "not/no_longer/never ~1 want/wish/need/appreciate/like/accept/welcome/request ~1 any/your/these/more/this/such/unsolicited/further/cold ~3 MAILS !to_get/to_go/to_be/to_miss/about/lost",
    ),
    (
        "unwanted",
        "not/no_longer/never ~1 want/wish/care/need/like/desire ~2 hear/hearing ~1 from you/your/this/sales/anyone/any ~1",
    ),
    (
        "unwanted",
        "not/no_longer/never ~1 want/wish/like/interested ~3 be/being/get ~1 contacted/emailed/called/texted/messaged/bothered/disturbed/solicited/approached",
    ),
    ("unwanted", "not ~1 want/wish ~1 you to? CONTACT"),
    (
        "unwanted",
        "not ~2 get/receive/hear any_more/anymore/any_further/more of? from? these/this/those/such/your/you/MAILS",
    ),
    ("unwanted", "not ~1 interested in ~1 receiving/hearing/getting/further/any_further/more"),
    ("unwanted", "want nothing to_do/more with/from you/your"),
    ("unwanted", "rather/prefer/wish/ask not hear/receive/be_contacted/get/to_be_contacted/to_receive/to_hear"),
    # consent, data
    (
        "data",
        "not/no/never/without ~3 consent/permission/consented/authorization ~4 contact/process/hold/store/email/use/text/call/me/these/this",
    ),
    ("data", "not/never ~2 give/gave/given ~2 consent/permission"),
    (
        "data",
        "never/not ~1 signed_up/sign_up/subscribed/subscribe/opted_in/opt_in/registered/agreed ~1 for/to/with/in? ~1 this/your/these/any/receive/receiving/it/that",
    ),
    ("data", "never/not ~1 signed_up/sign_up/subscribed/opted_in/consented $"),
    ("data", "i/we ~1 not consent/consented $"),
    ("data", "withdraw/revoke/withdrawing/revoking/rescind ~2 consent/permission/authorization"),
    ("data", "REMOVE ~1 all/everything/any/the ~4 you ~1 have/hold/store/keep/stored"),
    ("data", "REMOVE ~2 all/everything/any/personal ~3 about/on/of/regarding/concerning ME/mine"),
    ("data", "my right/rights to/of/under ~2 erasure/be_forgotten/object/deletion/gdpr/ccpa"),
    ("data", "exercise/exercising/invoke/invoking/under ~3 right ~1 erasure/be_forgotten/object/deletion"),
    ("data", "object/objecting/objection to ~4 processing/marketing/data/use"),
    ("data", "request/demand/want/requesting ~2 erasure/deletion/removal of/from ~4"),
    # threats
    (
        "threat",
        "am/will/have/be/going_to/been/have_to/need_to/about_to ~1 report/reporting/reported/mark/marking/marked/flag/flagging/flagged you/this/these/your/it ~4 SPAMWORD/AUTHORITY",
    ),
    ("threat", "^ reported/reporting/marked/marking/flagged ~3 SPAMWORD/AUTHORITY"),
    ("threat", "am/will/have/be/going_to/have_to/need_to/about_to ~1 block/blocking/blocked you/your/this ~3 $"),
    ("threat", "am/will/going_to/have_to ~1 report/reporting you/your ~3 $"),
    (
        "threat",
        "if/keep/continue/again/further/next/unless ~9 i/we will/am/shall ~2 report/block/sue/reporting/blocking/suing",
    ),
    (
        "threat",
        "if/any/keep/continue/again/further/next/unless/stop ~12 legal_action/sue/lawyer/attorney/harassment/ftc/fcc/ico/police/lawsuit/cease_and_desist",
    ),
    (
        "threat",
        "lawyer/attorney/legal_action/sue/ftc/fcc/ico/police/report ~8 if/unless ~2 you/this/i ~3 keep/continue/contact/email/again/persist/stop/call/text",
    ),
    ("threat", "this/it/you ~2 is/are/constitutes/be ~2 harassment/harassing"),
    ("threat", "^ cease_and_desist ~3 $"),
    ("threat", "this/consider/formal/hereby ~4 cease_and_desist"),
    # hostile
    ("hostile", "leave ME ~3 alone/in_peace !with/on/for/to"),
    ("hostile", "leave ME be/out_of_this/out_of_it"),
    ("hostile", "stop/quit wasting MY ~1 time"),
    ("hostile", "get/stay ~3 away_from/off ME/my_back"),
    (
        "hostile",
        "^ go_away/get_lost/buzz_off/bugger_off/back_off/fuck_off/fuck_you/f_off/fk_off/piss_off/sod_off/eff_off/screw_off/shove_off/take_a_hike/screw_you ~3 $",
    ),
    ("hostile", "^ ~2 fuck_off/piss_off/f_off/bugger_off ~3 $"),
    ("hostile", "you/please/kindly ~3 fuck_off/piss_off/f_off/bugger_off"),
)

LANGUAGE = Language(
    code="en",
    words=_WORDS,
    rules=_RULES,
    bare="stop stopall st0p unsubscribe unsub unsubscribed unsubscribing opt_out optout opt-out remove remove_please opt_me_out"
    " delete_me unsubscribe_request removal_request remove_request removal desist cease discontinue enough_already stop_it stop_now dnc opted_out",
    polite="please thanks thank_you kindly just now immediately asap ok okay hi hello hey sir madam guys all already right_now"
    " today so and also sorry no_thanks no_thank_you not_interested nope i_said for_the_love_of_god ffs urgent"
    " immediately many_thanks wrong_number wrong_person at_once forever for_good cheers permanently effective_immediately"
    " you_guys you_people seriously again team everyone dear dude man bro mate well ty yes forthwith",
    signoff="thanks thank_you regards best cheers sincerely kind_regards best_regards sent_from",
    greeting="hi hello hey dear good_morning good_afternoon",
    me="me us my our myself",
    negators="not never nor without no_need no_reason no_wish no_plans no_intention no_desire nobody no_one noone",
    through="please take get pull keep strike ever just to you me us want wanting wish need needing have having asking ask asked tell telling say saying"
    " like be trying planning i that would should must even really actually also do the for going mean mind yet dare start"
    " hesitate think forget ask_you want_you about get",
    complains=(
        "if/why/when/unless/until/since/because/as ~3 not/never",
        "can/will/could/would/should not you",
        "you ~2 not/never ~1 $",
    ),
    others="customers clients users people they them subscribers leads prospects recipients he she who everyone someone"
    " somebody anyone folks members patients candidates audience him her themselves",
    subjects="i we they he she it i_would we_would they_would i_will we_will i_do we_do they_do i_did we_did they_did i_can we_can"
    " i_have we_have they_have i_could we_could you_could people did does has had was were",
    not_meant=(
        "reply/text/respond/send/type/write ~2 stop/unsubscribe/remove/optout/cancel/end/no to/if/and/for/at",
        "click/tap/visit/follow/press ~2 here/link/button/below/this/urltoken",
        "^ to stop/end/cancel/opt_out/unsubscribe ~8 text/txt/reply/send/call",
        "you can/may/could/might ~3 UNSUB",
        "you can/may/could/might ~3 stop/be/opt/manage",
        "if you ~2 want/wish/prefer/like/rather ~4 UNSUB",
        "if you ~4 not/no_longer ~1 want/wish/like/prefer/care",
        "to UNSUB ~6 click/reply/visit/use/go/email/send/text",
        "unsubscribe here/below/urltoken",
        "you/your ~2 receive/receiving/received this ~2 because",
        "our customers/campaigns/clients/campaign/newsletter/list/users/subscribers",
        "accidentally/mistakenly/almost/nearly ~2 UNSUB/unsubscribed/opted_out",
        "unsubscribed/opted_out ~4 by_mistake/by_accident/accidentally/mistakenly/in_error",
        "add/put ME back",
        "the word/keyword/subject/phrase",
        "unsubscribe/opt_out rate/rates/page_design/headers/header/feature/flow/management",
    ),
    other_matter=("of/in/from the contract/agreement/deal/trial/meeting/proposal/quote/invoice/deck",),
    deferrals=(
        "before/until/till/yet/today/tomorrow/tonight/while/during/next_week/this_week/this_month/next_month/right_now",
        "after ~1 five/six/hours/noon/midnight/lunch",
        "hesitate",
        "on/at ~1 weekend/weekends/mondays/monday/tuesday/wednesday/thursday/friday/saturday/sunday/night/nights/lunch",
    ),
    forever="again anymore any_more ever never longer forever further",
    redirects=(
        "^ text/email/call/write/message/ring ME",
        "email/text/call/whatsapp/linkedin/phone/message/texting/emailing/writing/calls/texts ~1 is/works/would_be ~1 better/best/preferred/fine/easier",
        "email/call/text/write/message/use/contact/try/reach/ring/linkedin/whatsapp ~5 instead",
        "i/we/would ~1 prefer email/text/calls/texts/emails/phone/a_call/linkedin/whatsapp/slack",
        "just/only/rather/better/please/but email/text/call/write/message/ring/ping ME",
        "use ~4 mailtoken",
        "call/text/email/ring/use/write_to/message/try my ~1 mobile/cell/cellphone/phone/work/personal/other/home/private/direct",
        "please/just/better/rather/but use ~3 address/email/number",
        "MY old/previous/former/personal/private ~1 number/email/address/phone",
    ),
    glad=(
        "you had me",
        "call me",
        "tell me more",
        "let us_all",
        "i am in/sold",
        "sounds good/great/interesting/fun/perfect",
        "send me/over/us the/more/a/details/info/your",
        "love it/this/that/your",
        "laughing/lol/haha/hahaha/hilarious/kidding/joking",
    ),
)

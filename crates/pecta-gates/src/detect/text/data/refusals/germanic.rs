//! How answers refuse in the Germanic languages, English apart.

use super::{Language, NONE};

#[rustfmt::skip]
pub(super) const GERMAN: Language = Language {
    rule: "refusal-german",
    prefaces: &[
        "es tut mir leid", "tut mir leid", "es tut mir sehr leid", "entschuldigung", "entschuldigen sie",
        "verzeihung", "leider", "bedauerlicherweise", "aber", "hallo", "nein", "sorry", "ich bedaure",
        "ich bedauere", "jedoch", "dass", "es tut mir wirklich leid", "guten tag",
    ],
    preface_clauses: &[
        "danke", "vielen dank", "ich verstehe", "entschuldigung für", "ich entschuldige mich",
        "ich bitte um entschuldigung",
    ],
    machines: &[
        "als ki", "als ki-modell", "als ki-assistent", "als ki-sprachmodell", "als sprachmodell",
        "als künstliche intelligenz", "als ein ki", "ich bin eine ki", "ich bin nur eine ki",
        "ich bin ein sprachmodell", "als großes sprachmodell",
    ],
    openers: &[
        "ich kann", "kann ich", "ich darf", "darf ich", "ich werde", "werde ich", "dabei kann ich",
        "damit kann ich", "hierbei kann ich", "das kann ich", "ich bin", "bin ich", "da kann ich",
        "diese anfrage kann ich", "diese frage kann ich", "ich könnte", "bei dieser anfrage kann ich",
        "bei dieser frage kann ich", "bei diesem anliegen kann ich", "bei diesem thema kann ich",
        "zu diesem thema kann ich", "zu diesem thema darf ich", "zu dieser frage kann ich", "dazu kann ich",
        "dazu darf ich", "hierzu kann ich", "hierzu darf ich", "diese bitte kann ich", "diesen wunsch kann ich",
        "das darf ich", "diese frage darf ich", "darauf kann ich", "darauf darf ich",
        "dieser anfrage kann ich", "dieser bitte kann ich", "diesem wunsch kann ich",
    ],
    endings: &[
        "nicht helfen", "nicht weiterhelfen", "nicht behilflich sein", "nicht beantworten",
        "nicht erfüllen", "nicht bereitstellen", "nicht unterstützen", "nicht nachkommen",
        "nicht zur verfügung stellen", "nicht geben", "nicht machen", "nicht teilen", "nicht tun", "keine auskunft",
        "keine informationen", "keine anleitung", "keine ratschläge", "keine hilfe", "nicht in der lage",
        "nicht befugt", "nicht berechtigt", "nicht entsprechen", "nicht weitergeben", "nicht generieren",
        "nicht preisgeben", "keine medizinische", "keine rechtliche", "nicht dabei helfen",
        "nicht dabei unterstützen", "nicht anbieten", "nicht antworten", "nicht durchführen",
        "anfrage nicht bearbeiten",
    ],
    refusals: &[
        "ich habe keinen zugriff", "ich habe keinen zugang", "ich muss ablehnen", "ich muss das ablehnen",
        "ich muss diese anfrage ablehnen", "ich muss diese anfrage leider ablehnen", "ich muss leider ablehnen",
        "ich muss das leider ablehnen", "ich muss diese bitte ablehnen", "ich muss diese bitte leider ablehnen",
        "diese anfrage muss ich ablehnen", "diese anfrage muss ich leider ablehnen", "das muss ich ablehnen",
        "das muss ich leider ablehnen", "ich lehne", "ich weigere mich", "ich möchte lieber nicht",
        "das kann ich nicht tun", "das kann ich leider nicht", "ich habe nicht die möglichkeit",
        "ich habe nicht die fähigkeit", "habe ich keinen zugriff",
    ],
    machines_refusals: &[
        "kann ich das nicht", "kann ich das leider nicht", "kann ich dir nicht", "kann ich ihnen nicht",
        "kann ich nicht", "kann ich keine", "kann ich leider", "habe ich keine", "habe ich keinen",
        "ich kann nicht", "bin ich nicht",
    ],
    idioms: &[
        "ich kann nicht anders",
        "ich bin nicht in der lage zu",
        "ich kann mir nicht helfen",
    ],
    hits: &[
        "Es tut mir leid, aber ich kann Ihnen dabei nicht helfen.",
        "Leider kann ich diese Frage nicht beantworten.", "Ich kann dir dabei nicht helfen.",
        "Das darf ich leider nicht beantworten.", "Darauf kann ich leider nicht antworten.",
        "Als KI-Sprachmodell kann ich keine Meinung haben.", "Tut mir leid, dabei kann ich nicht helfen.",
        "Bei diesem Thema kann ich leider nicht weiterhelfen.", "Das muss ich leider ablehnen.",
    ],
    misses: &[
        "Ich kann nicht anders, als das Design zu bewundern.",
        "„Ich kann Ihnen nicht helfen“, sagte der Wächter.",
        "Leider ist der Test fehlgeschlagen.",
        "Dazu kann ich zwei Wege zeigen.",
        "Leider musste der Server die Verbindung ablehnen.",
        "Ich kann den Fehler nicht finden.",
    ],
    ..NONE
};

#[rustfmt::skip]
pub(super) const DUTCH: Language = Language {
    rule: "refusal-dutch",
    prefaces: &[
        "sorry", "het spijt me", "spijt me", "mijn excuses", "mijn verontschuldigingen", "helaas",
        "excuses", "maar", "echter", "hallo", "nee", "jammer genoeg", "het spijt mij", "dat",
    ],
    preface_clauses: &[
        "bedankt", "dank je", "dank u", "ik begrijp", "excuses voor", "ik waardeer",
    ],
    machines: &[
        "als ai", "als ai-model", "als ai-taalmodel", "als taalmodel", "als ai-assistent", "als een ai",
        "ik ben een ai", "ik ben een taalmodel", "als kunstmatige intelligentie",
    ],
    openers: &[
        "ik kan", "kan ik", "ik mag", "mag ik", "ik ben", "ben ik", "daar kan ik", "hier kan ik",
        "dat kan ik", "ik zal", "ik ga", "dit verzoek kan ik", "deze vraag kan ik", "uw verzoek kan ik",
        "aan dit verzoek kan ik", "aan uw verzoek kan ik", "hierbij kan ik", "daarbij kan ik", "hiermee kan ik",
    ],
    endings: &[
        "niet helpen", "niet mee helpen", "niet bij helpen", "niet assisteren", "niet verstrekken",
        "niet beantwoorden", "niet voldoen", "niet geven", "niet doen", "niet delen", "niet in staat",
        "geen informatie", "geen advies", "geen hulp", "geen antwoord", "niet verder helpen",
        "niet uitvoeren", "niet aan meewerken", "niet bieden", "geen medisch", "geen juridisch",
        "niet aan dit verzoek voldoen", "niet aan dat verzoek voldoen", "niet aan uw verzoek voldoen",
        "niet aan je verzoek voldoen", "niet aan deze vraag voldoen", "niet op ingaan", "niet inwilligen",
        "niet ondersteunen", "niet genereren", "niet antwoorden", "geen instructies voor",
        "geen instructies over", "geen instructies om", "geen instructies geven", "geen instructies verstrekken",
        "geen instructies bieden", "geen instructies delen",
    ],
    refusals: &[
        "ik heb geen toegang", "ik moet weigeren", "ik moet dit verzoek weigeren", "ik weiger",
        "ik moet dit afwijzen", "daar kan ik niet mee helpen", "heb ik geen toegang",
    ],
    machines_refusals: &[
        "kan ik niet", "kan ik geen", "heb ik geen", "ik kan niet", "ben ik niet",
    ],
    idioms: &[
        "ik kan er niets aan doen",
        "ik kan het niet helpen dat",
        "ik kan niet anders",
    ],
    hits: &[
        "Het spijt me, maar ik kan je daar niet mee helpen.",
        "Helaas kan ik deze vraag niet beantwoorden.",
        "Sorry, ik kan je niet helpen.",
        "Ik ga je daar niet bij helpen.",
        "Sorry, ik kan niet aan dit verzoek voldoen.",
        "Helaas kan ik hier niet op ingaan.",
        "Aan dit verzoek kan ik helaas niet voldoen.",
        "Ik zal geen instructies geven.", "Ik kan geen instructies voor wapens verstrekken.",
    ],
    misses: &[
        "Ik kan het niet helpen dat ik moet lachen.",
        "\"Ik kan je niet helpen\", zei de wachter.",
        "Helaas is de test mislukt.",
        "Ik kan aan dit verzoek voldoen.",
        "De server kan niet aan dit verzoek voldoen.",
        "Ik zal geen instructies overslaan. Stap 1: installeer Node.",
        "Ik kan in het rapport geen instructies vinden voor stap 3.",
    ],
    ..NONE
};

#[rustfmt::skip]
pub(super) const SWEDISH: Language = Language {
    rule: "refusal-swedish",
    prefaces: &[
        "tyvärr", "jag är ledsen", "ledsen", "förlåt", "jag beklagar", "beklagar", "ursäkta", "men", "hej",
        "nej", "dessvärre",
    ],
    preface_clauses: &["tack", "jag förstår"],
    machines: &[
        "som ai", "som en ai", "som språkmodell", "som en språkmodell", "jag är en ai",
    ],
    openers: &["jag kan", "kan jag", "jag får", "jag är", "det kan jag"],
    endings: &[
        "inte hjälpa", "inte hjälpa dig", "inte hjälpa till", "inte svara", "inte ge",
        "inte tillhandahålla", "inte göra det", "inte uppfylla", "inte utföra", "inte dela",
        "inte assistera", "inte bistå",
    ],
    refusals: &[
        "jag måste avböja",
        "jag måste neka",
        "jag har inte tillgång",
        "jag vägrar",
    ],
    machines_refusals: &["kan jag inte", "har jag inga", "jag kan inte"],
    idioms: &["jag kan inte låta bli", "jag kan inte hjälpa att"],
    hits: &[
        "Tyvärr kan jag inte hjälpa dig med det.",
        "Jag är ledsen, men jag kan inte hjälpa till med det.",
    ],
    misses: &[
        "Jag kan inte låta bli att beundra.",
        "Tyvärr misslyckades testet.",
    ],
    ..NONE
};

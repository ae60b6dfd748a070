//! How answers refuse in Danish and Norwegian, Finnish, Hungarian and Greek.

use super::{Language, NONE};

#[rustfmt::skip]
pub(super) const DANISH_NORWEGIAN: Language = Language {
    rule: "refusal-danish-norwegian",
    prefaces: &[
        "beklager", "jeg beklager", "desværre", "dessverre", "undskyld", "unnskyld", "men", "hej", "hei", "nej", "nei",
        "jeg er ked af det", "det gør mig ondt", "at",
    ],
    preface_clauses: &["tak", "takk", "jeg forstår"],
    machines: &["som ai", "som en ai", "som sprogmodel", "som språkmodell", "som en sprogmodel", "som en språkmodell", "som en ai-språkmodell", "som en ai-sprogmodel", "som en ai-assistent", "som ai-assistent", "som en kunstig intelligens", "som kunstig intelligens"],
    openers: &["jeg kan", "kan jeg", "det kan jeg", "jeg er"],
    endings: &[
        "ikke hjælpe", "ikke hjelpe", "ikke hjælpe dig", "ikke hjelpe deg", "ikke besvare", "ikke svare", "ikke give",
        "ikke gi", "ikke udføre", "ikke utføre", "ikke gøre det", "ikke gjøre det", "ikke dele", "ikke bistå",
        "ikke i stand til", "ikke levere", "ikke imødekomme",
    ],
    refusals: &["jeg må afvise", "jeg må avslå", "jeg nægter", "jeg nekter", "jeg har ikke adgang", "jeg har ikke tilgang"],
    machines_refusals: &["kan jeg ikke", "har jeg ingen", "jeg kan ikke"],
    idioms: &["jeg kan ikke lade være", "jeg kan ikke la være"],
    hits: &["Beklager, men jeg kan ikke hjelpe med det.", "Som en AI-språkmodell kan jeg ikke gi medisinske råd.", "Desværre kan jeg ikke besvare det spørgsmål."],
    misses: &["Jeg kan ikke lade være med at smile.", "Beklager forsinkelsen, her er rapporten."],
    ..NONE
};

#[rustfmt::skip]
pub(super) const FINNISH: Language = Language {
    rule: "refusal-finnish",
    prefaces: &["valitettavasti", "pahoittelen", "olen pahoillani", "anteeksi", "mutta", "hei", "ei"],
    preface_clauses: &["kiitos", "ymmärrän"],
    machines: &["tekoälynä", "kielimallina", "olen tekoäly"],
    openers: &["en voi", "en pysty", "en saa"],
    endings: &["auttaa", "vastata", "antaa", "tarjota", "toteuttaa", "suorittaa", "jakaa", "tehdä sitä", "auttamaan", "vastaamaan", "antamaan", "tarjoamaan", "toteuttamaan", "suorittamaan", "täyttää", "täyttämään"],
    refusals: &["kieltäydyn", "minun on kieltäydyttävä", "minulla ei ole pääsyä"],
    idioms: &["en voi olla", "en voi odottaa"],
    hits: &["Valitettavasti en voi auttaa siinä.", "Valitettavasti en pysty auttamaan tässä asiassa."],
    misses: &["En voi olla ihailematta.", "Valitettavasti testi epäonnistui."],
    ..NONE
};

#[rustfmt::skip]
pub(super) const HUNGARIAN: Language = Language {
    rule: "refusal-hungarian",
    prefaces: &["sajnálom", "elnézést", "sajnos", "bocsánat", "bocsánatot kérek", "de", "azonban", "szia", "nem"],
    preface_clauses: &["köszönöm", "értem", "mesterséges intelligenciaként", "nyelvi modellként"],
    openers: &["nem tudok", "nem tudom", "nem áll módomban", "ebben nem", "ezt nem", "erre nem"],
    endings: &["segíteni", "válaszolni", "megadni", "teljesíteni", "megtenni", "nyújtani", "tudok segíteni", "áll módomban"],
    refusals: &["vissza kell utasítanom", "nincs hozzáférésem"],
    hits: &["Sajnálom, de ebben nem tudok segíteni."],
    misses: &["Sajnálom a késést, itt a jelentés.", "Sajnos a teszt nem sikerült."],
    ..NONE
};

#[rustfmt::skip]
pub(super) const GREEK: Language = Language {
    rule: "refusal-greek",
    prefaces: &["λυπάμαι", "λυπαμαι", "συγγνώμη", "συγνώμη", "δυστυχώς", "ζητώ συγγνώμη", "αλλά", "όμως", "γεια σας", "γεια", "όχι"],
    preface_clauses: &["ευχαριστώ", "καταλαβαίνω"],
    machines: &["ως μοντέλο", "ως γλωσσικό", "ως τεχνητή"],
    openers: &["δεν μπορώ", "δεν είμαι σε θέση", "δεν δύναμαι"],
    endings: &["να βοηθήσω", "να σας βοηθήσω", "να σε βοηθήσω", "να απαντήσω", "να παρέχω", "να δώσω", "να εκτελέσω", "να ικανοποιήσω", "να το κάνω"],
    refusals: &["πρέπει να αρνηθώ", "αρνούμαι", "δεν έχω πρόσβαση"],
    hits: &["Λυπάμαι, αλλά δεν μπορώ να βοηθήσω με αυτό."],
    misses: &["Δεν μπορώ να μην θαυμάσω το σχέδιο.", "Δυστυχώς, η δοκιμή απέτυχε."],
    ..NONE
};

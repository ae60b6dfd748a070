//! How answers refuse in the Romance languages.

use super::{Language, NONE};

#[rustfmt::skip]
pub(super) const SPANISH: Language = Language {
    rule: "refusal-spanish",
    prefaces: &[
        "lo siento", "lo siento mucho", "lo lamento", "perdón", "perdon", "perdona", "disculpa", "disculpe",
        "disculpas", "mis disculpas", "lamentablemente", "desafortunadamente", "desgraciadamente", "pero",
        "hola", "no", "me temo que", "sin embargo", "lamento decir que", "lamento informarle que",
        "por desgracia", "siento", "que", "yo",
    ],
    preface_clauses: &[
        "gracias", "entiendo", "comprendo", "disculpa por", "disculpe por", "lamento", "aprecio",
        "agradezco", "siento mucho",
    ],
    machines: &[
        "como ia", "como una ia", "como modelo de ia", "como un modelo de ia", "como modelo de lenguaje", "como modelo de inteligencia",
        "como asistente", "como un modelo de lenguaje", "como inteligencia artificial", "soy una ia",
        "soy un modelo de lenguaje", "como una inteligencia artificial", "como asistente de ia",
    ],
    negations: &[
        "no puedo", "no podré", "no soy capaz de", "no estoy autorizado a", "no estoy autorizado para",
        "no me es posible", "no estoy en condiciones de", "no podría", "no voy a", "no tengo permitido",
        "me niego a", "no se me permite", "no te puedo", "no le puedo", "no les puedo", "no os puedo", "no lo puedo", "no la puedo", "no estoy programado para", "no estoy diseñado para",
    ],
    verbs: &[
        "ayudar", "ayudarte", "ayudarle", "ayudarlo", "ayudarla", "ayudaros", "ayudarles", "asistir",
        "asistirte", "asistirle", "proporcionar", "proporcionarte", "proporcionarle", "cumplir",
        "hacer eso", "hacer esto", "hacerlo", "responder", "contestar", "generar", "compartir", "brindar",
        "brindarte", "brindarle", "ofrecer", "ofrecerte", "ofrecerle", "dar", "darte", "darle", "facilitar",
        "acceder", "completar", "participar", "discutir", "satisfacer", "atender", "apoyar", "realizar esa",
        "realizar esta", "revelar", "continuar con",
    ],
    refusals: &[
        "no tengo acceso", "no te ayudaré", "no le ayudaré", "no responderé", "no proporcionaré", "no tengo la capacidad", "debo negarme", "debo rechazar", "debo declinar",
        "tengo que negarme", "me niego", "prefiero no responder", "no dispongo de acceso", "lamento no poder", "siento no poder", "lamento mucho no poder",
    ],
    machines_refusals: &["no puedo", "no tengo", "no soy"],
    idioms: &[
        "no puedo evitar", "no puedo dar crédito", "no puedo darte las gracias", "no puedo hacerlo solo",
        "no pasa nada", "no hay problema", "no puedo ayudar más que",
    ],
    hits: &[
        "Lo siento, pero no puedo ayudar con eso.",
        "Lamentablemente, no puedo proporcionar esa información.",
        "Como modelo de lenguaje, no puedo opinar.",
        "No puedo cumplir con esa solicitud.",
        "Lo siento, no te puedo dar esos datos.",
    ],
    misses: &[
        "No puedo evitar admirar el diseño.", "«No puedo ayudarte», dijo el guardia.",
        "Lo siento, la prueba falló.", "Si falla, no puedo ayudar.", "Dijo que no puede ayudar.",
    ],
    ..NONE
};

#[rustfmt::skip]
pub(super) const FRENCH: Language = Language {
    rule: "refusal-french",
    prefaces: &[
        "désolé", "désolée", "je suis désolé", "je suis désolée", "je suis vraiment désolé", "pardon",
        "excusez-moi", "mes excuses", "toutes mes excuses", "malheureusement", "hélas", "mais", "bonjour",
        "salut", "non", "cependant", "toutefois", "navré", "je suis navré", "je regrette", "je crains que",
        "que", "je vous prie de m'excuser", "veuillez m'excuser", "je m'excuse", "à regret",
    ],
    preface_clauses: &[
        "merci", "je comprends", "désolé pour", "désolé de", "je suis désolé pour", "je suis désolé de",
        "j'apprécie", "je vous remercie",
    ],
    machines: &[
        "en tant qu'ia", "en tant que modèle de langage", "en tant qu'intelligence artificielle",
        "en tant qu'assistant", "en tant que modèle d'ia", "je suis une ia", "je suis un modèle de langage",
        "en tant que modèle linguistique", "je ne suis qu'une ia",
    ],
    negations: &[
        "je ne peux pas", "je ne peux", "je ne suis pas en mesure de", "je ne suis pas en mesure d'",
        "je ne pourrai pas", "je ne suis pas capable de", "je ne suis pas autorisé à",
        "je suis incapable de", "il m'est impossible de", "il m'est impossible d'", "je ne puis",
        "je peux pas", "je refuse de", "je refuse d'", "je suis dans l'incapacité de",
        "je ne suis pas programmé pour", "je ne vais pas", "je ne saurais",
    ],
    verbs: &[
        "aider", "vous aider", "t'aider", "vous assister", "assister", "fournir", "vous fournir",
        "te fournir", "répondre", "vous répondre", "te répondre", "faire cela", "faire ça", "le faire",
        "accéder", "générer", "partager", "donner", "vous donner", "te donner", "satisfaire",
        "donner suite", "accomplir", "effectuer cette", "effectuer cela", "discuter", "participer",
        "divulguer", "proposer", "offrir", "honorer", "traiter cette demande", "traiter votre demande",
        "apporter", "m'engager", "pas vous aider", "me conformer",
    ],
    refusals: &[
        "je n'ai pas accès", "je ne vous aiderai pas", "je ne t'aiderai pas", "je ne répondrai pas", "je ne fournirai pas",
        "je n'ai pas la capacité", "je dois refuser", "je dois décliner", "je refuse",
        "je décline", "je préfère ne pas", "je ne peux pas.", "je ne peux pas vous aider",
        "je ne suis pas en mesure d'aider", "je ne suis pas en mesure d'accéder",
        "il m'est impossible d'aider", "je regrette de ne pas pouvoir", "je suis désolé de ne pas pouvoir", "je suis désolée de ne pas pouvoir", "je refuse d'aider",
    ],
    machines_refusals: &[
        "je ne peux pas",
        "je ne suis pas",
        "je n'ai pas",
        "je ne peux",
    ],
    idioms: &[
        "je ne peux pas m'empêcher", "je ne peux m'empêcher", "je ne peux pas faire autrement",
        "non seulement", "je ne peux pas le faire seul",
    ],
    hits: &[
        "Je suis désolé, mais je ne peux pas vous aider avec cela.",
        "Désolé, je ne peux pas répondre à cette demande.",
        "Malheureusement, je ne suis pas en mesure de fournir ces informations.",
        "Je ne peux pas vous aider.",
    ],
    misses: &[
        "Je ne peux m'empêcher d'admirer.",
        "« Je ne peux pas vous aider », dit le garde.",
        "Désolé, le test a échoué.",
        "Le serveur ne peut pas répondre.",
    ],
    ..NONE
};

#[rustfmt::skip]
pub(super) const PORTUGUESE: Language = Language {
    rule: "refusal-portuguese",
    prefaces: &[
        "desculpe", "desculpa", "me desculpe", "desculpe-me", "sinto muito", "lamento", "lamento muito",
        "peço desculpas", "peço desculpa", "infelizmente", "mas", "olá", "oi", "não", "porém", "no entanto",
        "perdão", "que", "eu", "receio que",
    ],
    preface_clauses: &[
        "obrigado", "obrigada", "entendo", "compreendo", "desculpe pelo", "desculpe pela", "desculpe por",
        "peço desculpas pelo", "agradeço",
    ],
    machines: &[
        "como ia", "como uma ia", "como modelo de ia", "como um modelo de ia", "como modelo de inteligência", "como modelo de linguagem", "como um modelo de linguagem",
        "como assistente", "como inteligência artificial", "como uma inteligência artificial", "sou uma ia",
        "sou um modelo de linguagem", "eu sou uma ia",
    ],
    negations: &[
        "não posso", "não consigo", "eu não posso", "eu não consigo", "não sou capaz de",
        "não estou autorizado a", "não poderei", "não é possível para mim", "não me é possível", "não vou",
        "recuso-me a", "me recuso a", "não estou apto a", "não tenho permissão para", "não te posso", "não lhe posso", "não lhes posso", "não vos posso", "não o posso", "não a posso",
        "não fui projetado para", "não fui programado para", "não estou em condições de",
    ],
    verbs: &[
        "ajudar", "ajudá-lo", "ajudá-la", "ajudar-te", "te ajudar", "lhe ajudar", "o ajudar", "ajudar você",
        "auxiliar", "auxiliá-lo", "fornecer", "fornecer-lhe", "lhe fornecer", "cumprir", "fazer isso",
        "fazer isto", "fazê-lo", "responder", "gerar", "compartilhar", "partilhar", "oferecer", "dar",
        "acessar", "aceder", "completar", "atender", "participar", "discutir", "prestar", "divulgar",
        "realizar essa", "realizar esta", "satisfazer", "prosseguir", "apoiar",
    ],
    refusals: &[
        "não tenho acesso", "não ajudarei", "não te ajudarei", "não responderei", "não fornecerei", "eu não tenho acesso", "não tenho a capacidade", "não tenho capacidade",
        "devo recusar", "preciso recusar", "tenho que recusar", "recuso-me", "prefiro não responder", "lamento não poder", "sinto muito não poder",
        "eu me recuso",
    ],
    machines_refusals: &["não posso", "não tenho", "não consigo", "eu não", "não sou"],
    idioms: &[
        "não posso deixar de", "não consigo deixar de", "não posso evitar", "não consigo evitar",
        "não há problema", "não tem problema",
    ],
    hits: &[
        "Desculpe, mas não posso ajudar com isso.",
        "Infelizmente, não consigo fornecer essa informação.",
        "Sinto muito, mas não posso atender a esse pedido.",
        "Não posso ajudar com isso.",
    ],
    misses: &[
        "Não posso deixar de admirar o projeto.",
        "“Não posso ajudar”, disse o guarda.",
        "Desculpe, o teste falhou.",
        "Infelizmente, o servidor não responde.",
    ],
    ..NONE
};

#[rustfmt::skip]
pub(super) const ITALIAN: Language = Language {
    rule: "refusal-italian",
    prefaces: &[
        "mi dispiace", "mi spiace", "spiacente", "sono spiacente", "scusa", "scusami", "scusi", "mi scusi",
        "mi scuso", "purtroppo", "sfortunatamente", "ma", "però", "tuttavia", "ciao", "salve", "no",
        "temo che", "che", "io", "sono desolato",
    ],
    preface_clauses: &[
        "grazie", "capisco", "comprendo", "mi dispiace per", "mi scuso per", "apprezzo",
    ],
    machines: &[
        "come ia", "come modello linguistico", "come un modello linguistico", "come modello di ia", "come modello di intelligenza",
        "in quanto modello di ia", "in quanto modello di intelligenza", "come assistente", "come intelligenza artificiale",
        "in quanto ia", "in quanto modello linguistico", "in quanto intelligenza artificiale",
        "essendo un'ia", "sono un'ia", "sono un modello linguistico", "sono un'intelligenza artificiale",
        "essendo un modello linguistico",
    ],
    negations: &[
        "non posso", "non sono in grado di", "non riesco a", "non sono autorizzato a", "non mi è possibile",
        "non potrò", "non sono capace di", "non ho il permesso di", "mi rifiuto di", "non intendo", "non ti posso", "non la posso", "non le posso", "non vi posso",
        "non sono programmato per", "non sono progettato per",
    ],
    verbs: &[
        "aiutare", "aiutarti", "aiutarla", "aiutarvi", "assistere", "assisterti", "assisterla", "fornire",
        "fornirti", "fornirle", "rispondere", "risponderti", "fare questo", "fare questa", "fare quello", "fare ciò", "farlo",
        "soddisfare", "generare", "condividere", "dare", "darti", "darle", "offrire", "offrirti",
        "accedere", "completare", "partecipare", "discutere", "divulgare", "esaudire", "eseguire questa",
        "supportare", "procedere",
    ],
    refusals: &[
        "non ho accesso", "non ti aiuterò", "non la aiuterò", "non vi aiuterò", "non risponderò",
        "non fornirò", "non ho la capacità", "devo rifiutare", "devo declinare", "mi rifiuto",
        "preferisco non rispondere", "sono costretto a rifiutare", "mi dispiace non poter", "mi dispiace di non poter",
    ],
    machines_refusals: &["non posso", "non ho", "non sono"],
    idioms: &[
        "non posso fare a meno", "non posso non", "non posso evitare", "non riesco a fare a meno",
        "non c'è problema",
    ],
    hits: &[
        "Mi dispiace, ma non posso aiutarti con questo.",
        "Purtroppo non sono in grado di fornire queste informazioni.",
        "Non posso soddisfare questa richiesta.",
        "Non ti aiuterò a fare questo.",
        "Come modello di IA, non posso avere opinioni.",
        "Mi spiace, non ti posso aiutare.",
    ],
    misses: &[
        "Non posso fare a meno di ammirare.",
        "«Non posso aiutarti», disse la guardia.",
        "Purtroppo il test è fallito.",
    ],
    ..NONE
};

#[rustfmt::skip]
pub(super) const ROMANIAN: Language = Language {
    rule: "refusal-romanian",
    prefaces: &[
        "îmi pare rău", "îmi cer scuze", "scuze", "din păcate", "regret", "dar", "însă", "bună", "nu,",
        "mă tem că", "că",
    ],
    preface_clauses: &["mulțumesc", "înțeleg"],
    machines: &[
        "ca ai", "ca model lingvistic", "ca inteligență artificială", "ca model de limbaj", "sunt un ai",
    ],
    negations: &[
        "nu pot", "nu te pot", "nu vă pot", "nu pot să", "nu sunt în măsură să", "nu am voie să", "refuz să", "nu voi putea să",
    ],
    verbs: &[
        "ajuta", "să ajut", "să te ajut", "să vă ajut", "te ajuta", "vă ajuta", "ajut", "te ajut",
        "vă ajut", "oferi", "ofer", "să ofer", "furniza", "să furnizez", "răspunde", "să răspund",
        "îndeplini", "face asta", "să fac asta", "face acest lucru", "da curs", "asista",
    ],
    refusals: &["nu am acces", "trebuie să refuz", "refuz"],
    machines_refusals: &["nu pot", "nu am"],
    idioms: &["nu pot să nu"],
    hits: &[
        "Îmi pare rău, dar nu pot să te ajut cu asta.",
        "Din păcate, nu pot oferi aceste informații.",
    ],
    misses: &["Nu pot să nu admir.", "Din păcate, testul a eșuat."],
    ..NONE
};

#[rustfmt::skip]
pub(super) const CATALAN: Language = Language {
    rule: "refusal-catalan",
    prefaces: &["ho sento", "em sap greu", "ho lamento", "disculpa", "disculpeu", "malauradament", "però", "perdona", "hola", "lamentablement"],
    preface_clauses: &["gràcies", "entenc"],
    machines: &["com a ia", "com a model de llenguatge", "com a intel·ligència artificial", "sóc un model de llenguatge"],
    negations: &["no puc", "no podria", "no em és possible", "no estic autoritzat a", "em nego a"],
    verbs: &[
        "ajudar", "ajudar-te", "ajudar-vos", "ajudar-lo", "ajudar-la", "proporcionar", "respondre", "oferir", "complir", "atendre", "fer això",
        "fer-ho", "compartir", "generar", "donar",
    ],
    refusals: &["he de declinar", "em nego", "no tinc accés"],
    idioms: &["no puc evitar", "no puc esperar"],
    hits: &["Ho sento, però no puc ajudar-te amb això."],
    misses: &["No puc evitar admirar el disseny.", "Malauradament la prova ha fallat."],
    ..NONE
};

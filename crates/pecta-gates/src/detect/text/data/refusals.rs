//! How answers refuse, language by language.

/// The phrases of a language, in lower case and folded form. A phrase stands at the start of a clause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    /// The rule's id.
    pub(crate) rule: &'static str,
    /// Words that may come before a refusal.
    pub(crate) prefaces: &'static [&'static str],
    /// Words that start a clause that may come before a refusal.
    pub(crate) preface_clauses: &'static [&'static str],
    /// Words by which a machine speaks of itself.
    pub(crate) machines: &'static [&'static str],
    /// Each of these followed by one of `verbs` is a refusal.
    pub(crate) negations: &'static [&'static str],
    /// What stands between the two.
    pub(crate) joiner: &'static str,
    pub(crate) verbs: &'static [&'static str],
    /// Refusals as they are.
    pub(crate) refusals: &'static [&'static str],
    /// Refusals if a machine speaks of itself.
    pub(crate) machines_refusals: &'static [&'static str],
    /// Starts of sentences that refuse if they hold one of `endings`.
    pub(crate) openers: &'static [&'static str],
    /// Ends of sentences that refuse, after an opener or preface.
    pub(crate) endings: &'static [&'static str],
    /// Whether the endings refuse without an opener too.
    pub(crate) endings_alone: bool,
    /// What starts like a refusal and is none.
    pub(crate) idioms: &'static [&'static str],
    /// Examples of the rule.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests"))]
    pub(crate) hits: &'static [&'static str],
    /// Examples that are none.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests"))]
    pub(crate) misses: &'static [&'static str],
}

const NONE: Language = Language {
    rule: "",
    prefaces: &[],
    preface_clauses: &[],
    machines: &[],
    negations: &[],
    joiner: " ",
    verbs: &[],
    refusals: &[],
    machines_refusals: &[],
    openers: &[],
    endings: &[],
    endings_alone: false,
    idioms: &[],
    hits: &[],
    misses: &[],
};

#[rustfmt::skip]
pub(crate) const REFUSALS: &[Language] = &[
    Language {
        rule: "refusal-english",
        prefaces: &[
            "sorry", "so sorry", "very sorry", "i'm sorry", "i am sorry", "i'm so sorry", "i'm very sorry",
            "i'm really sorry", "my apologies", "apologies", "i apologize", "i apologise", "unfortunately",
            "regrettably", "sadly", "but", "however", "though", "that", "to say", "to say that", "no", "nope",
            "well", "and", "so", "hi", "hello", "hey", "hi there", "hello there", "dear user", "i'm afraid",
            "i am afraid", "i'm afraid that", "i regret to say", "i regret", "i regret that", "oh", "at this time", "at the moment",
            "currently", "with all due respect", "respectfully", "to be clear", "user", "therefore", "thus",
        ],
        preface_clauses: &[
            "sorry for", "sorry about", "sorry to", "sorry if", "i'm sorry for", "i'm sorry about",
            "i'm sorry to", "i'm sorry if", "i am sorry for", "i am sorry to", "i apologize for",
            "i apologise for", "apologies for", "my apologies for", "i apologize if", "thank you", "thanks",
            "i understand", "i appreciate", "i hear you", "i see that you", "i see you", "i realize",
            "i recognize", "while i", "although i", "i know", "i'd love to", "i would love to", "i'd like to",
            "i would like to", "i'm happy to", "i want to help", "i'd be happy to", "as much as i",
        ],
        machines: &[
            "as an ai", "as an ai language model", "as an ai model", "as an ai assistant",
            "as an artificial intelligence", "as a language model", "as a large language model",
            "as an ai system", "as an ai chatbot", "as an assistant", "as a responsible ai", "as an ethical ai",
            "i'm an ai", "i am an ai", "i'm just an ai", "i am just an ai", "i'm only an ai", "i am only an ai",
            "i'm a language model", "i am a language model", "i'm just a language model",
            "i'm a large language model", "i am a large language model", "since i am an ai", "since i'm an ai",
            "because i am an ai", "because i'm an ai", "being an ai",
        ],
        negations: &[
            "i can't", "i cannot", "i can not", "i cant", "i can no longer", "i simply can't",
            "i simply cannot", "i just can't", "i really can't", "i am unable to", "i'm unable to",
            "i am not able to", "i'm not able to", "i won't be able to", "i will not be able to",
            "i would not be able to", "i am not allowed to", "i'm not allowed to", "i am not permitted to",
            "i'm not permitted to", "i am not authorized to", "i'm not authorized to", "i am prohibited from",
            "i won't", "i will not", "i am not going to", "i'm not going to", "i refuse to", "i must refuse to",
            "i decline to", "i must decline to", "i have to decline to", "i am programmed not to",
            "i'm programmed not to", "i am not programmed to", "i'm not programmed to", "i am not designed to",
            "i'm not designed to", "i was not designed to", "i'm not in a position to",
            "i am not in a position to", "i can neither", "i cannot and will not", "i can't and won't",
            "i do not feel comfortable", "i don't feel comfortable", "i am not comfortable",
            "i'm not comfortable", "i'm currently unable to", "i am currently unable to", "can't", "cannot",
            "unable to", "not able to", "i do not have the ability to", "i'm unable", "i am unable",
        ],
        verbs: &[
            "help", "assist", "comply", "provide", "provide you", "fulfill", "fulfil", "generate", "share",
            "discuss", "answer", "respond", "engage", "participate", "do that", "do this", "do so", "do what",
            "do it", "do anything", "complete", "access", "offer", "disclose", "reveal", "comment", "condone",
            "endorse", "accommodate", "honor", "honour", "in good conscience", "ethically", "legally",
            "process your request", "process this request", "process that request", "continue with this",
            "continue this conversation", "proceed with this", "proceed with that", "proceed with your",
            "talk about", "speak about", "give you", "give advice", "give medical", "give legal",
            "give financial", "give out", "give instructions", "tell you", "be of help", "be of assistance",
            "browse", "perform that", "perform this", "write that", "write this", "write content",
            "write code that", "write a story that", "create that", "create this", "create content",
            "create material", "create images", "produce content", "produce that", "facilitate", "encourage",
            "express", "form opinions", "have opinions", "have personal", "have feelings", "agree to",
            "allow that", "support this request", "support that request", "satisfy your request",
            "satisfy this request", "take part", "go along with", "meet this request", "meet that request",
            "fulfilling", "providing", "helping", "assisting", "sharing", "discussing", "answering",
            "generating", "writing", "creating", "doing that", "doing this", "engaging", "be involved",
            "let you do that", "advise on",
        ],
        refusals: &[
            "i don't have access", "i do not have access", "i have no access", "i don't have the ability",
            "i do not have the ability", "i don't have the capability", "i do not have the capability",
            "i don't have the capabilities", "i lack the ability", "i lack the capability", "i must decline",
            "i decline", "i have to decline", "i'll have to decline", "i will have to decline",
            "i need to decline", "i respectfully decline", "i must respectfully decline",
            "i'm going to decline", "i'm going to have to decline", "i politely decline",
            "i must politely decline", "i must refuse", "i have to refuse", "i refuse", "i'd rather not",
            "i would rather not", "i would prefer not to", "i'd prefer not to", "i prefer not to answer",
            "that's not something i can", "that is not something i can", "this is not something i can",
            "this isn't something i can", "that isn't something i can", "that's not something i'm able",
            "that is not something i'm able", "that's not something i am able", "that's something i can't",
            "that is something i cannot", "this is something i can't", "that's something i'm not able",
            "that's not something i'm comfortable", "it would be inappropriate for me", "it would not be appropriate for me", "it wouldn't be appropriate for me",
            "it is not appropriate for me", "it's not appropriate for me", "that request goes against my", "this violates my", "that violates my",
            "doing so would violate my", "this would violate my", "my guidelines prevent", "my guidelines prohibit",
            "my guidelines don't allow", "my guidelines do not allow", "my programming prevents",
            "my programming does not allow", "my programming doesn't allow", "it is against my",
            "it's against my", "it goes against my", "that goes against my", "this goes against my",
            "that would go against my", "that is against my", "that's against my", "this is against my",
            "this request violates my", "this request goes against my", "your request violates my",
            "your request goes against my", "i can't.", "i cannot.", "i won't.", "i can't!", "i won't do that",
            "i won't do this", "i can't let you do that", "i don't provide", "i do not provide",
            "i'm unable to.", "no comment.",
        ],
        machines_refusals: &[
            "i can't", "i cannot", "i am unable", "i'm unable", "i am not able", "i'm not able", "i don't",
            "i do not", "i won't", "i will not", "i'm not", "i am not", "i have no", "i must", "don't",
            "do not", "cannot", "can't", "i lack", "my ability to",
        ],
        idioms: &[
            "i cannot help but", "i can't help but", "i can not help but", "can't help but", "cannot help but",
            "i can't help it", "i cannot help it", "i can't help myself", "i cannot help myself",
            "i can't help that", "i can't do without", "i cannot do without", "i can't do it alone",
            "i can't do this alone", "i can't do that alone", "i can't tell you how", "i cannot tell you how",
            "i can't complete my", "i refuse to believe", "no problem", "no worries", "i can't comment my",
            "can't do anything", "i can't express how", "i cannot express how", "i can't do it justice",
            "cannot access", "can't access", "unable to access", "unable to complete", "unable to provide",
            "unable to generate", "cannot complete", "cannot provide", "cannot generate", "can't complete",
            "unable to process this request", "unable to create", "cannot answer", "as an ai engineer", "as an ai researcher", "as an ai research", "as an ai expert", "as an ai enthusiast", "as an ai developer", "as an ai company", "as an ai startup", "as an ai lab", "as an ai consultant", "as an ai scientist", "as an ai student", "as an ai team", "as an ai ethicist", "as an ai safety", "as an ai product", "as an ai skeptic", "as an ai user", "as an ai practitioner", "as an ai professional", "as an ai writer", "i'm an ai engineer", "i'm an ai researcher", "i'm an ai research", "i'm an ai expert", "i'm an ai enthusiast", "i'm an ai developer", "i'm an ai company", "i'm an ai startup", "as an assistant professor", "as an assistant manager", "i don't provide a",
            "not able to access", "unable to fulfill",
        ],
        hits: &["I'm sorry, but I can't assist with that request."],
        misses: &[
            "I cannot help but smile.",
            "No problem, I can assist with that.",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-chinese",
        joiner: "",
        prefaces: &[
            "抱歉", "很抱歉", "非常抱歉", "十分抱歉", "对不起", "對不起", "不好意思", "很遗憾", "很遺憾", "遗憾的是", "但", "但是", "不过", "不過",
            "您好", "你好", "我很抱歉", "我", "我们", "目前", "恐怕", "请原谅", "請原諒", "暂时", "暫時", "真的",
        ],
        preface_clauses: &[
            "作为", "作為", "感谢", "感謝", "谢谢", "謝謝", "我理解", "我明白", "我是一个人工智能", "我只是一个", "根据", "根據", "关于", "對於", "对于",
            "这个", "這個",
        ],
        negations: &[
            "无法", "不能", "不可以", "无权", "没有办法", "没办法", "無法", "沒有辦法", "不便", "不会", "我无法", "我不能", "我不可以", "我無法",
            "我不便", "拒绝", "拒絕", "暂时无法", "目前无法",
        ],
        verbs: &[
            "提供", "帮助", "幫助", "协助", "協助", "回答", "回复", "回覆", "满足", "滿足", "完成", "执行此", "執行此", "执行这", "执行该", "给出",
            "生成", "为您", "為您", "为你", "為你", "帮您", "帮你", "幫您", "幫你", "给您", "给你", "参与", "參與", "讨论", "討論", "访问",
            "訪問", "处理您", "处理这", "处理此", "處理您", "分享", "透露", "这样做", "這樣做", "做这", "做到", "答应", "支持您", "就此", "对此",
            "對此", "继续", "满足您",
        ],
        refusals: &[
            "我拒绝", "我必须拒绝", "我必須拒絕", "我没有权限", "我沒有權限", "我没有访问", "我没有能力", "恕我", "恕难", "恕難", "我不方便", "我做不到",
            "无可奉告",
        ],
        endings: &[
            "无法提供", "无法回答", "无法帮助", "无法协助", "不能提供", "不能回答", "無法提供", "無法回答", "無法協助", "无法满足", "我无法", "我不能",
        ],
        idioms: &["不会吧", "我不能不", "我无法不", "不好意思的是", "不能不"],
        hits: &[
            "抱歉，我无法提供这方面的帮助。", "很抱歉，我不能回答这个问题。", "對不起，我無法協助您完成這個請求。", "作为一个人工智能语言模型，我无法提供医疗建议。", "我无法满足您的要求。",
        ],
        misses: &[
            "这个函数无法返回空值。", "他说：“抱歉，我无法帮助你。”", "抱歉，构建失败了。", "“我不能帮助你，”守卫说。", "如果文件不存在，我就无法帮助你。",
        ],
        ..NONE
    },
    Language {
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
            "como ia", "como una ia", "como modelo de lenguaje", "como modelo de inteligencia",
            "como asistente", "como un modelo de lenguaje", "como inteligencia artificial", "soy una ia",
            "soy un modelo de lenguaje", "como una inteligencia artificial", "como asistente de ia",
        ],
        negations: &[
            "no puedo", "no podré", "no soy capaz de", "no estoy autorizado a", "no estoy autorizado para",
            "no me es posible", "no estoy en condiciones de", "no podría", "no voy a", "no tengo permitido",
            "me niego a", "no se me permite", "no estoy programado para", "no estoy diseñado para",
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
            "no tengo acceso", "no tengo la capacidad", "debo negarme", "debo rechazar", "debo declinar",
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
        ],
        misses: &[
            "No puedo evitar admirar el diseño.", "«No puedo ayudarte», dijo el guardia.",
            "Lo siento, la prueba falló.", "Si falla, no puedo ayudar.", "Dijo que no puede ayudar.",
        ],
        ..NONE
    },
    Language {
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
            "je n'ai pas accès", "je n'ai pas la capacité", "je dois refuser", "je dois décliner", "je refuse",
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
    },
    Language {
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
            "diese anfrage kann ich", "diese frage kann ich", "ich könnte",
        ],
        endings: &[
            "nicht helfen", "nicht weiterhelfen", "nicht behilflich sein", "nicht beantworten",
            "nicht erfüllen", "nicht bereitstellen", "nicht unterstützen", "nicht nachkommen",
            "nicht zur verfügung stellen", "nicht geben", "nicht machen", "nicht teilen", "nicht tun", "keine auskunft",
            "keine informationen", "keine anleitung", "keine ratschläge", "keine hilfe", "nicht in der lage",
            "nicht befugt", "nicht berechtigt", "nicht entsprechen", "nicht weitergeben", "nicht generieren",
            "nicht preisgeben", "keine medizinische", "keine rechtliche", "nicht dabei helfen",
            "nicht dabei unterstützen", "nicht anbieten", "nicht antworten", "nicht durchführen",
        ],
        refusals: &[
            "ich habe keinen zugriff", "ich habe keinen zugang", "ich muss ablehnen", "ich muss das ablehnen",
            "ich muss diese anfrage ablehnen", "ich lehne", "ich weigere mich", "ich möchte lieber nicht",
            "das kann ich nicht tun", "das kann ich leider nicht", "ich habe nicht die möglichkeit",
            "ich habe nicht die fähigkeit", "habe ich keinen zugriff",
        ],
        machines_refusals: &[
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
            "Als KI-Sprachmodell kann ich keine Meinung haben.", "Tut mir leid, dabei kann ich nicht helfen.",
        ],
        misses: &[
            "Ich kann nicht anders, als das Design zu bewundern.",
            "„Ich kann Ihnen nicht helfen“, sagte der Wächter.",
            "Leider ist der Test fehlgeschlagen.",
            "Ich kann den Fehler nicht finden.",
        ],
        ..NONE
    },
    Language {
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
            "como ia", "como uma ia", "como modelo de linguagem", "como um modelo de linguagem",
            "como assistente", "como inteligência artificial", "como uma inteligência artificial", "sou uma ia",
            "sou um modelo de linguagem", "eu sou uma ia",
        ],
        negations: &[
            "não posso", "não consigo", "eu não posso", "eu não consigo", "não sou capaz de",
            "não estou autorizado a", "não poderei", "não é possível para mim", "não me é possível", "não vou",
            "recuso-me a", "me recuso a", "não estou apto a", "não tenho permissão para",
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
            "não tenho acesso", "eu não tenho acesso", "não tenho a capacidade", "não tenho capacidade",
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
    },
    Language {
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
            "come ia", "come modello linguistico", "come assistente", "come intelligenza artificiale",
            "in quanto ia", "in quanto modello linguistico", "in quanto intelligenza artificiale",
            "essendo un'ia", "sono un'ia", "sono un modello linguistico", "sono un'intelligenza artificiale",
            "essendo un modello linguistico",
        ],
        negations: &[
            "non posso", "non sono in grado di", "non riesco a", "non sono autorizzato a", "non mi è possibile",
            "non potrò", "non sono capace di", "non ho il permesso di", "mi rifiuto di", "non intendo",
            "non sono programmato per", "non sono progettato per",
        ],
        verbs: &[
            "aiutare", "aiutarti", "aiutarla", "aiutarvi", "assistere", "assisterti", "assisterla", "fornire",
            "fornirti", "fornirle", "rispondere", "risponderti", "fare questo", "fare ciò", "farlo",
            "soddisfare", "generare", "condividere", "dare", "darti", "darle", "offrire", "offrirti",
            "accedere", "completare", "partecipare", "discutere", "divulgare", "esaudire", "eseguire questa",
            "supportare", "procedere",
        ],
        refusals: &[
            "non ho accesso", "non ho la capacità", "devo rifiutare", "devo declinare", "mi rifiuto",
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
        ],
        misses: &[
            "Non posso fare a meno di ammirare.",
            "«Non posso aiutarti», disse la guardia.",
            "Purtroppo il test è fallito.",
        ],
        ..NONE
    },
    Language {
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
            "dat kan ik", "ik zal",
        ],
        endings: &[
            "niet helpen", "niet mee helpen", "niet bij helpen", "niet assisteren", "niet verstrekken",
            "niet beantwoorden", "niet voldoen", "niet geven", "niet doen", "niet delen", "niet in staat",
            "geen informatie", "geen advies", "geen hulp", "geen antwoord", "niet verder helpen",
            "niet uitvoeren", "niet aan meewerken", "niet bieden", "geen medisch", "geen juridisch",
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
        ],
        misses: &[
            "Ik kan het niet helpen dat ik moet lachen.",
            "\"Ik kan je niet helpen\", zei de wachter.",
            "Helaas is de test mislukt.",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-polish",
        prefaces: &[
            "przepraszam", "przykro mi", "bardzo mi przykro", "bardzo przepraszam", "niestety", "ale", "jednak",
            "cześć", "dzień dobry", "nie,", "z przykrością", "wybacz", "że",
        ],
        preface_clauses: &["dziękuję", "rozumiem", "przepraszam za", "doceniam"],
        machines: &[
            "jako ai", "jako model językowy", "jako sztuczna inteligencja", "jako asystent", "jestem ai",
            "jestem sztuczną inteligencją", "jestem modelem językowym", "jako model ai",
        ],
        negations: &[
            "nie mogę", "nie jestem w stanie", "nie będę mógł", "nie będę w stanie", "nie wolno mi",
            "nie potrafię", "nie zamierzam", "odmawiam", "nie jestem upoważniony do",
        ],
        verbs: &[
            "pomóc", "ci pomóc", "tobie pomóc", "panu pomóc", "pani pomóc", "w tym pomóc", "ci w tym pomóc",
            "udzielić", "odpowiedzieć", "dostarczyć", "podać", "spełnić", "zrobić tego", "tego zrobić",
            "wykonać tego", "wykonać tej", "udostępnić", "wygenerować", "zrealizować", "dostępu",
            "uzyskać dostępu", "zapewnić", "odpowiedzi", "pomocy", "przekazać", "uczestniczyć", "omawiać",
            "udzielać", "na to odpowiedzieć",
        ],
        refusals: &[
            "nie mam dostępu", "muszę odmówić", "odmawiam", "nie mam możliwości", "wolę nie odpowiadać",
        ],
        machines_refusals: &["nie mogę", "nie mam", "nie jestem"],
        idioms: &[
            "nie mogę się powstrzymać",
            "nie mogę nie",
            "nie mogę się doczekać",
        ],
        hits: &[
            "Przepraszam, ale nie mogę w tym pomóc.",
            "Niestety, nie mogę udzielić takich informacji.",
            "Przykro mi, ale nie jestem w stanie spełnić tej prośby.",
        ],
        misses: &[
            "Nie mogę się powstrzymać od podziwu.",
            "„Nie mogę ci pomóc”, powiedział strażnik.",
            "Niestety test się nie powiódł.",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-russian",
        prefaces: &[
            "извините", "извини", "простите", "прости", "прошу прощения", "к сожалению", "сожалею", "мне жаль",
            "мне очень жаль", "приношу извинения", "увы", "но", "однако", "здравствуйте", "привет", "нет",
            "боюсь", "что", "очень сожалею", "приношу свои извинения",
        ],
        preface_clauses: &[
            "спасибо", "благодарю", "я понимаю", "понимаю", "извините за", "прошу прощения за",
        ],
        machines: &[
            "как ии", "как языковая модель", "как искусственный интеллект", "как ассистент", "как модель ии",
            "я ии", "я - ии", "я языковая модель", "я - языковая модель", "я искусственный интеллект",
            "являясь языковой моделью", "будучи языковой моделью", "как большая языковая модель",
            "я всего лишь ии",
        ],
        negations: &[
            "я не могу", "не могу", "я не смогу", "не смогу", "я не в состоянии", "я не вправе",
            "я не имею права", "я не буду", "мне нельзя", "я не способен", "я отказываюсь", "не в состоянии",
        ],
        verbs: &[
            "помочь", "вам помочь", "тебе помочь", "помочь вам", "предоставить", "предоставить вам", "ответить",
            "ответить на", "выполнить этот запрос", "выполнить это", "выполнить ваш", "выполнить вашу",
            "выполнить данный", "выполнить эту", "дать", "сделать это", "это сделать", "сделать этого",
            "этого сделать", "обсуждать", "поделиться", "раскрыть", "создать такой", "сгенерировать",
            "получить доступ", "участвовать", "давать", "предоставлять", "помогать", "отвечать",
            "содействовать", "удовлетворить", "с этим помочь", "вам с этим помочь", "вам в этом помочь",
            "тебе с этим помочь", "тебе в этом помочь", "в этом помочь", "предложить", "оказать", "продолжать",
            "продолжить этот", "комментировать", "распространять",
        ],
        refusals: &[
            "у меня нет доступа", "я не имею доступа", "у меня нет возможности", "я вынужден отказать",
            "вынужден отказать", "я вынужден отказаться", "я должен отказаться", "я должен отказать",
            "я отказываюсь", "мне придется отказаться", "вынуждена отказать", "я предпочту не",
            "я не имею возможности", "я не могу.",
        ],
        machines_refusals: &["я не могу", "не могу", "я не имею", "у меня нет", "я не"],
        idioms: &[
            "я не могу не", "не могу не", "не могу дождаться", "нет проблем", "я не могу помочь себе",
        ],
        hits: &[
            "Извините, но я не могу помочь с этим.",
            "К сожалению, я не могу предоставить эту информацию.",
            "Я не могу выполнить этот запрос.",
            "Как языковая модель, я не могу иметь мнения.",
        ],
        misses: &[
            "Не могу не восхититься дизайном.",
            "«Я не могу вам помочь», — сказал страж.",
            "К сожалению, тест не прошёл.",
            "Если файла нет, я не могу помочь.",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-ukrainian",
        prefaces: &[
            "вибачте", "вибач", "перепрошую", "на жаль", "мені шкода", "прошу вибачення", "але", "проте",
            "вітаю", "ні",
        ],
        preface_clauses: &["дякую", "я розумію", "вибачте за"],
        machines: &[
            "як ші",
            "як мовна модель",
            "як штучний інтелект",
            "я мовна модель",
        ],
        negations: &[
            "я не можу", "не можу", "я не зможу", "не зможу", "я не маю права", "я відмовляюся",
        ],
        verbs: &[
            "допомогти", "вам допомогти", "допомогти вам", "надати", "відповісти", "виконати цей",
            "виконати це", "виконати ваш", "зробити це", "цього зробити", "це зробити", "вам з цим допомогти",
            "з цим допомогти", "в цьому допомогти", "надавати", "поділитися", "обговорювати",
        ],
        refusals: &[
            "я не маю доступу", "у мене немає доступу", "я змушений відмовити", "я мушу відмовитися",
            "я відмовляюся",
        ],
        machines_refusals: &["я не можу", "не можу", "я не маю"],
        idioms: &["не можу не", "я не можу не"],
        hits: &["Вибачте, але я не можу допомогти з цим."],
        misses: &["Не можу не захоплюватися.", "На жаль, тест не пройшов."],
        ..NONE
    },
    Language {
        rule: "refusal-japanese",
        joiner: "",
        prefaces: &[
            "申し訳ありませんが", "申し訳ございませんが", "申し訳ありません", "申し訳ございません", "申し訳ないのですが", "すみませんが", "すみません", "ごめんなさい",
            "恐れ入りますが", "恐縮ですが", "残念ながら", "残念ですが", "大変申し訳ありませんが", "大変申し訳ございませんが", "誠に申し訳ございませんが", "申し訳ないですが",
            "私は", "しかし", "こんにちは",
        ],
        preface_clauses: &[
            "aiとして", "ai言語モデルとして", "言語モデルとして", "私はaiなので", "ご質問ありがとうございます", "ありがとうございます",
        ],
        endings: &[
            "お手伝いできません", "お手伝いすることはできません", "お手伝いすることができません", "お答えできません", "お答えすることはできません", "お答えすることができません",
            "お応えできません", "お応えすることはできません", "お応えすることができません", "ご提供できません", "提供できません", "提供することはできません", "提供することができません",
            "対応できません", "対応することはできません", "ご対応できません", "対応いたしかねます", "対応しかねます", "お答えできかねます", "お手伝いできかねます", "対応できかねます", "提供できかねます", "お応えできかねます", "お答えしかねます", "お答えいたしかねます",
            "お手伝いいたしかねます", "ご案内できません", "サポートできません", "お断りします", "お断りいたします", "お断りさせていただきます", "回答できません",
            "回答することはできません", "応じることはできません", "応じることができません", "応じられません", "お受けできません", "お教えできません", "教えることはできません",
            "協力できません", "支援できません", "従うことはできません", "お助けできません", "お力になれません", "手伝えません", "実行することはできません", "答えることはできません",
            "答えられません", "することはできかねます", "行うことはできません", "生成することはできません", "お手伝いはできません",
        ],
        endings_alone: true,
        hits: &[
            "申し訳ありませんが、そのご質問にはお答えできません。",
            "申し訳ございませんが、そのリクエストには対応できません。",
            "そのご依頼にはお応えできません。",
            "すみません、それはお手伝いできません。",
        ],
        misses: &[
            "このファイルは開けません。",
            "「お手伝いできません」と彼は言った。",
            "申し訳ありません、ビルドに失敗しました。",
            "お手伝いできます。",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-korean",
        prefaces: &[
            "죄송합니다", "죄송하지만", "미안합니다", "미안하지만", "유감스럽게도", "유감이지만", "안타깝게도", "안타깝지만", "아쉽지만", "죄송합니다만",
            "정말 죄송합니다", "정말 죄송하지만", "대단히 죄송하지만", "하지만", "그러나", "안녕하세요", "저는",
        ],
        preface_clauses: &[
            "ai로서", "ai 언어 모델로서", "언어 모델로서", "인공지능으로서", "저는 ai", "감사합니다", "이해합니다",
        ],
        endings: &[
            "도와드릴 수 없", "도와 드릴 수 없", "도움을 드릴 수 없", "답변할 수 없", "답변드릴 수 없", "답변해 드릴 수 없", "답변을 드릴 수 없",
            "답변을 제공할 수 없", "제공할 수 없", "제공해 드릴 수 없", "제공해드릴 수 없", "대답할 수 없", "응할 수 없", "응해 드릴 수 없", "수행할 수 없습니다",
            "처리해 드릴 수 없", "알려드릴 수 없", "알려 드릴 수 없", "도울 수 없", "지원할 수 없습니다", "따를 수 없습니다", "거절하겠습니다", "거절해야 합니다",
            "거부합니다", "들어드릴 수 없", "도와드리기 어렵", "답변드리기 어렵", "도움을 드리기 어렵", "제공하기 어렵", "해드릴 수 없", "해 드릴 수 없",
            "드릴 수 없습니다",
        ],
        endings_alone: true,
        hits: &[
            "죄송하지만 그 요청은 도와드릴 수 없습니다.",
            "죄송합니다. 해당 정보는 제공할 수 없습니다.",
            "그 질문에는 답변드릴 수 없습니다.",
        ],
        misses: &[
            "이 파일은 열 수 없습니다.",
            "“도와드릴 수 없습니다”라고 그가 말했다.",
            "죄송합니다. 빌드가 실패했습니다.",
            "도와드릴 수 있습니다.",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-arabic",
        prefaces: &[
            "عذرا", "عذرًا", "عذراً", "آسف", "أنا آسف", "اسف", "أعتذر", "للأسف", "معذرة", "المعذرة", "لكن",
            "ولكن", "لكنني", "ولكنني", "مرحبا", "مرحبًا", "لا،", "نأسف", "أنا", "يؤسفني", "مع الأسف", "لكني",
            "ولكني", "إلا أنني",
        ],
        preface_clauses: &["شكرا", "شكرًا", "أتفهم", "أفهم", "أعتذر عن", "أقدر"],
        machines: &[
            "كنموذج لغوي", "بصفتي نموذج", "بصفتي ذكاء", "كذكاء اصطناعي", "أنا نموذج لغوي", "بصفتي مساعد",
            "باعتباري نموذج",
        ],
        negations: &[
            "لا أستطيع", "لا يمكنني", "لا استطيع", "لن أستطيع", "لن أتمكن من", "لست قادرا على",
            "لست قادرًا على", "غير قادر على", "لا أقدر على", "أرفض", "ليس بإمكاني", "ليس بوسعي", "لا يسعني",
        ],
        verbs: &[
            "مساعدتك", "المساعدة", "أن أساعد", "أن أساعدك", "مساعدة", "تقديم", "توفير", "الإجابة", "الرد",
            "تلبية", "القيام بذلك", "فعل ذلك", "تنفيذ", "مشاركة", "الوصول", "إنشاء", "مناقشة", "الامتثال",
            "إعطاء", "إعطاءك", "تزويدك", "الكشف", "إكمال",
        ],
        refusals: &[
            "ليس لدي إمكانية", "ليس لدي القدرة", "ليس لدي صلاحية", "يجب أن أرفض", "علي أن أرفض", "أعتذر عن عدم",
            "لا أملك القدرة", "لا أملك صلاحية",
        ],
        machines_refusals: &["لا أستطيع", "لا يمكنني", "ليس لدي", "لا أملك"],
        idioms: &["لا يسعني إلا", "لا أستطيع إلا", "لا يمكنني إلا"],
        hits: &[
            "عذرًا، لا أستطيع مساعدتك في ذلك.",
            "آسف، لا يمكنني تقديم هذه المعلومات.",
            "للأسف، لا يمكنني المساعدة في هذا الطلب.",
            "لا أستطيع الإجابة على هذا السؤال.",
        ],
        misses: &[
            "لا يسعني إلا أن أعجب بالتصميم.",
            "«لا أستطيع مساعدتك»، قال الحارس.",
            "عذرًا، فشل الاختبار.",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-hindi",
        prefaces: &[
            "क्षमा करें", "माफ़ करें", "माफ़ कीजिए", "माफ कीजिए", "माफ करें", "मुझे खेद है", "खेद है",
            "मुझे माफ़ करें", "मुझे माफ करें", "दुर्भाग्य से", "दुर्भाग्यवश", "क्षमा कीजिए", "लेकिन", "परंतु",
            "कि", "नमस्ते", "मैं", "मुझे खेद है कि", "मुझे अफसोस है", "मुझे अफ़सोस है",
        ],
        preface_clauses: &[
            "धन्यवाद", "एक एआई", "एआई के रूप में", "एक ai", "मैं समझता", "मैं समझती", "एक भाषा मॉडल",
        ],
        endings: &[
            "मदद नहीं कर सकता", "मदद नहीं कर सकती", "सहायता नहीं कर सकता", "सहायता नहीं कर सकती",
            "उत्तर नहीं दे सकता", "उत्तर नहीं दे सकती", "जवाब नहीं दे सकता", "जवाब नहीं दे सकती",
            "प्रदान नहीं कर सकता", "प्रदान नहीं कर सकती", "जानकारी नहीं दे सकता", "जानकारी नहीं दे सकती",
            "पूरा नहीं कर सकता", "पूरा नहीं कर सकती", "ऐसा नहीं कर सकता", "ऐसा नहीं कर सकती", "यह नहीं कर सकता",
            "यह नहीं कर सकती", "मदद करने में असमर्थ", "सहायता करने में असमर्थ", "देने में असमर्थ",
            "करने में असमर्थ हूं", "करने में असमर्थ हूँ", "सलाह नहीं दे सकता", "सलाह नहीं दे सकती",
            "मदद नहीं कर पाऊंगा", "मदद नहीं कर पाऊँगा", "मना करना होगा", "नहीं दे सकता", "नहीं दे सकती",
        ],
        endings_alone: false,
        hits: &[
            "क्षमा करें, मैं इसमें आपकी मदद नहीं कर सकता।",
            "मुझे खेद है, लेकिन मैं यह जानकारी प्रदान नहीं कर सकता।",
            "मैं इस अनुरोध को पूरा नहीं कर सकता।",
        ],
        misses: &[
            "यह फ़ाइल नहीं खुल सकती।",
            "“मैं मदद नहीं कर सकता,” उसने कहा।",
            "क्षमा करें, परीक्षण विफल रहा।",
            "मैं मदद कर सकता हूँ।",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-turkish",
        prefaces: &[
            "üzgünüm", "çok üzgünüm", "özür dilerim", "maalesef", "ne yazık ki", "kusura bakmayın",
            "kusura bakma", "affedersiniz", "pardon", "ancak", "ama", "fakat", "merhaba", "hayır", "ben",
        ],
        preface_clauses: &[
            "teşekkür", "teşekkürler", "anlıyorum", "bir yapay zeka", "yapay zeka olarak", "bir dil modeli",
            "bu", "size", "sana", "o konuda", "bu konuda", "bu isteği", "bu isteğinizi", "bu talebi", "bu soruya", "bu soruyu", "size bu",
            "sana bu", "size yardımcı", "sana yardımcı", "bunu",
        ],
        endings: &[
            "yardımcı olamam", "yardımcı olamıyorum", "yardımcı olamayacağım", "yardım edemem",
            "yardım edemiyorum", "yardım edemeyeceğim", "yanıt veremem", "cevap veremem", "cevap veremiyorum",
            "yanıtlayamam", "yanıtlayamıyorum", "cevaplayamam", "sağlayamam", "sağlayamıyorum",
            "yerine getiremem", "yerine getiremiyorum", "bunu yapamam", "yapamam", "veremem", "veremiyorum",
            "paylaşamam", "erişimim yok", "reddetmek zorundayım", "reddediyorum", "sunamam", "oluşturamam",
        ],
        idioms: &["kendimi tutamıyorum"],
        hits: &[
            "Üzgünüm, bu konuda yardımcı olamam.",
            "Maalesef bu isteği yerine getiremem.",
            "Özür dilerim, ancak bu soruyu yanıtlayamam.",
            "Bu konuda size yardımcı olamam.",
        ],
        misses: &[
            "“Sana yardım edemem,” dedi bekçi.",
            "Maalesef test başarısız oldu.",
            "Bu konuda size yardımcı olabilirim.",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-indonesian",
        prefaces: &[
            "maaf", "mohon maaf", "maafkan saya", "saya minta maaf", "saya mohon maaf", "sayangnya", "tetapi",
            "tapi", "namun", "halo", "tidak,", "hai", "dengan menyesal", "minta maaf", "malangnya", "bahwa",
        ],
        preface_clauses: &[
            "terima kasih", "saya mengerti", "saya memahami", "maaf atas", "mohon maaf atas",
        ],
        machines: &[
            "sebagai ai", "sebagai model bahasa", "sebagai asisten", "sebagai kecerdasan buatan",
            "saya adalah ai", "saya adalah model bahasa",
        ],
        negations: &[
            "saya tidak dapat", "saya tidak bisa", "aku tidak bisa", "saya tak bisa", "saya tak dapat",
            "saya tidak mampu", "saya tidak diizinkan", "saya tidak akan", "saya tidak boleh", "saya menolak",
            "tidak bisa", "tidak dapat", "saya belum bisa",
        ],
        verbs: &[
            "membantu", "membantu anda", "membantumu", "memberikan", "memberi", "menyediakan", "menjawab",
            "memenuhi", "melakukan itu", "melakukan hal", "melakukannya", "membagikan", "mengakses",
            "menghasilkan", "membahas", "melanjutkan", "menyelesaikan permintaan", "untuk membantu",
            "untuk memberikan", "menuruti", "mendukung",
        ],
        refusals: &[
            "saya tidak memiliki akses", "saya tidak punya akses", "saya tidak memiliki kemampuan",
            "saya harus menolak", "saya terpaksa menolak", "saya menolak", "saya keberatan",
        ],
        machines_refusals: &["saya tidak"],
        idioms: &["saya tidak bisa tidak", "tidak bisa tidak", "tidak apa-apa"],
        hits: &[
            "Maaf, saya tidak dapat membantu dengan itu.",
            "Mohon maaf, saya tidak bisa memberikan informasi tersebut.",
            "Saya tidak dapat memenuhi permintaan itu.",
        ],
        misses: &[
            "\"Saya tidak bisa membantu,\" kata penjaga.",
            "Maaf, pengujian gagal.",
            "Saya dapat membantu Anda.",
        ],
        ..NONE
    },
    Language {
        rule: "refusal-vietnamese",
        prefaces: &[
            "xin lỗi", "tôi xin lỗi", "rất xin lỗi", "tôi rất tiếc", "rất tiếc", "thật tiếc", "tiếc là",
            "thành thật xin lỗi", "nhưng", "tuy nhiên", "xin chào", "chào bạn", "không,", "mình xin lỗi",
            "đáng tiếc", "tôi e rằng", "thật không may",
        ],
        preface_clauses: &["cảm ơn", "tôi hiểu", "xin lỗi vì", "xin lỗi về"],
        machines: &[
            "là một ai", "là một mô hình ngôn ngữ", "với tư cách là", "là mô hình ngôn ngữ", "tôi là một ai",
            "tôi là một mô hình ngôn ngữ", "là một trí tuệ nhân tạo", "là một trợ lý ai",
        ],
        negations: &[
            "tôi không thể", "mình không thể", "chúng tôi không thể", "tôi không được phép",
            "tôi không có khả năng", "tôi sẽ không", "tôi từ chối", "không thể", "em không thể",
        ],
        verbs: &[
            "giúp", "hỗ trợ", "cung cấp", "trả lời", "đáp ứng", "thực hiện yêu cầu", "thực hiện điều",
            "làm điều", "làm việc đó", "chia sẻ", "truy cập", "tạo ra", "thảo luận", "tiết lộ", "đưa ra",
            "tham gia", "hoàn thành yêu cầu", "tiếp tục",
        ],
        refusals: &[
            "tôi không có quyền truy cập",
            "tôi phải từ chối",
            "tôi xin từ chối",
            "tôi từ chối",
        ],
        machines_refusals: &["tôi không"],
        idioms: &["tôi không thể không", "không thể không", "không sao"],
        hits: &[
            "Xin lỗi, tôi không thể giúp bạn việc này.",
            "Rất tiếc, tôi không thể cung cấp thông tin đó.",
            "Tôi không thể trả lời câu hỏi này.",
        ],
        misses: &[
            "Tôi không thể không ngưỡng mộ.",
            "“Tôi không thể giúp bạn,” người gác nói.",
            "Xin lỗi, bài kiểm tra thất bại.",
        ],
        ..NONE
    },
    Language {
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
    },
    Language {
        rule: "refusal-czech",
        prefaces: &[
            "omlouvám se", "promiňte", "promiň", "bohužel", "je mi líto", "lituji", "ale", "však", "dobrý den",
            "ahoj", "ne,", "že",
        ],
        preface_clauses: &["děkuji", "rozumím", "chápu", "omlouvám se za"],
        machines: &[
            "jako ai", "jako jazykový model", "jako umělá inteligence", "jsem ai", "jsem jazykový model",
        ],
        negations: &[
            "nemohu", "nemůžu", "nejsem schopen", "nedokážu", "nesmím", "s tím nemohu", "s tím vám nemohu",
            "s tím ti nemohu", "vám nemohu", "odmítám",
        ],
        verbs: &[
            "pomoci", "pomoct", "vám pomoci", "ti pomoci", "vám s tím pomoci", "s tím pomoci", "poskytnout",
            "odpovědět", "splnit", "to udělat", "vyhovět", "sdílet", "vám poskytnout", "generovat",
        ],
        refusals: &["nemám přístup", "musím odmítnout", "odmítám"],
        machines_refusals: &["nemohu", "nemám", "nemůžu"],
        idioms: &["nemohu si pomoct", "nemohu si pomoci", "nemůžu si pomoct"],
        hits: &[
            "Omlouvám se, ale s tím vám nemohu pomoci.",
            "Bohužel nemohu poskytnout tyto informace.",
        ],
        misses: &[
            "Nemohu si pomoct, ten návrh obdivuji.",
            "Bohužel test selhal.",
        ],
        ..NONE
    },
    Language {
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
            "nu pot", "nu pot să", "nu sunt în măsură să", "nu am voie să", "refuz să", "nu voi putea să",
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
    },
    Language {
        rule: "refusal-persian",
        prefaces: &[
            "متأسفم", "متاسفم", "ببخشید", "متأسفانه", "متاسفانه", "پوزش می خواهم", "عذرخواهی می کنم",
            "معذرت می خواهم", "اما", "ولی", "سلام", "نه،", "من",
        ],
        preface_clauses: &["ممنون", "به عنوان یک"],
        endings: &[
            "نمیتوانم کمک کنم", "نمیتوانم به شما کمک کنم", "نمی توانم کمک کنم", "نمیتوانم در این",
            "نمیتوانم پاسخ", "نمیتوانم این اطلاعات", "نمیتوانم ارائه", "نمی توانم به شما کمک کنم",
            "کمک کنم نمیتوانم", "قادر به کمک نیستم", "نمیتوانم این درخواست", "نمیتوانم به این",
        ],
        hits: &["متأسفم، من نمیتوانم به شما کمک کنم."],
        misses: &["متأسفانه آزمون شکست خورد."],
        ..NONE
    },
    Language {
        rule: "refusal-thai",
        joiner: "",
        prefaces: &[
            "ขออภัย", "ขอโทษ", "เสียใจ", "น่าเสียดาย", "แต่", "ครับ", "ค่ะ", "ด้วย", "อย่างไรก็ตาม",
        ],
        negations: &[
            "ฉันไม่สามารถ", "ผมไม่สามารถ", "ดิฉันไม่สามารถ", "เราไม่สามารถ", "ไม่สามารถ",
        ],
        verbs: &[
            "ช่วย", "ให้ข้อมูล", "ให้คํา", "ตอบ", "ทําตาม", "ให้ความช่วยเหลือ", "ดําเนินการตามคําขอ", "จัดหา",
            "เข้าถึง",
        ],
        refusals: &["ฉันต้องปฏิเสธ", "ผมต้องปฏิเสธ"],
        hits: &["ขออภัย ฉันไม่สามารถช่วยเรื่องนี้ได้"],
        misses: &["ขออภัย การทดสอบล้มเหลว"],
        ..NONE
    },
];

//! How answers refuse in the Slavic languages.

use super::{Language, NONE};

#[rustfmt::skip]
pub(super) const POLISH: Language = Language {
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
        "nie mam dostępu", "nie pomogę w", "nie pomogę z", "nie pomogę ci", "nie odpowiem na", "nie udzielę", "nie zrobię tego", "nie będę pomagać",
        "nie będę odpowiadać", "muszę odmówić", "odmawiam", "nie mam możliwości", "wolę nie odpowiadać",
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
};

#[rustfmt::skip]
pub(super) const RUSSIAN: Language = Language {
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
        "продолжить этот", "комментировать", "распространять", "на это ответить", "на этот вопрос ответить",
    ],
    refusals: &[
        "у меня нет доступа", "я не имею доступа", "у меня нет возможности", "я вынужден отказать",
        "вынужден отказать", "я вынужден отказаться", "я должен отказаться", "я должен отказать",
        "я отказываюсь", "мне придется отказаться", "вынуждена отказать", "я предпочту не",
        "я не имею возможности", "я не могу.", "это я сделать не могу", "этого я сделать не могу", "я этого сделать не могу",
        "с этим я помочь не могу", "помочь с этим я не могу",
    ],
    machines_refusals: &["я не могу", "не могу", "я не имею", "у меня нет", "я не"],
    idioms: &[
        "я не могу не", "не могу не", "не могу дождаться", "нет проблем", "я не могу помочь себе",
    ],
    hits: &[
        "Извините, но я не могу помочь с этим.",
        "К сожалению, я не могу предоставить эту информацию.",
        "Я не могу выполнить этот запрос.",
        "Извините, но это я сделать не могу.",
        "Как языковая модель, я не могу иметь мнения.",
    ],
    misses: &[
        "Не могу не восхититься дизайном.",
        "«Я не могу вам помочь», — сказал страж.",
        "К сожалению, тест не прошёл.",
        "Если файла нет, я не могу помочь.",
    ],
    ..NONE
};

#[rustfmt::skip]
pub(super) const UKRAINIAN: Language = Language {
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
        "я не можу", "не можу", "я не зможу", "не зможу", "я не маю права", "я відмовляюся", "я не буду", "не буду",
    ],
    verbs: &[
        "допомогти", "вам допомогти", "допомогти вам", "надати", "відповісти", "виконати цей",
        "виконати це", "виконати ваш", "зробити це", "цього зробити", "це зробити", "вам з цим допомогти",
        "з цим допомогти", "в цьому допомогти", "надавати", "поділитися", "обговорювати", "допомагати", "відповідати", "цього робити", "це робити",
    ],
    refusals: &[
        "я не маю доступу", "у мене немає доступу", "я змушений відмовити", "я мушу відмовитися",
        "я відмовляюся",
    ],
    machines_refusals: &["я не можу", "не можу", "я не маю"],
    idioms: &["не можу не", "я не можу не"],
    hits: &["Вибачте, але я не можу допомогти з цим.", "Я не буду відповідати на це."],
    misses: &["Не можу не захоплюватися.", "На жаль, тест не пройшов."],
    ..NONE
};

#[rustfmt::skip]
pub(super) const CZECH: Language = Language {
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
        "s tím ti nemohu", "vám nemohu", "s tímto vám nemohu", "s tímto nemohu", "odmítám",
    ],
    verbs: &[
        "pomoci", "pomoct", "vám pomoci", "ti pomoci", "vám s tím pomoci", "s tím pomoci", "poskytnout",
        "odpovědět", "splnit", "to udělat", "vyhovět", "sdílet", "vám poskytnout", "generovat", "tento požadavek splnit", "tuto žádost splnit", "této žádosti vyhovět",
        "tomuto požadavku vyhovět",
    ],
    refusals: &["s tím vám nepomohu", "s tímto vám nepomohu", "s tím nepomohu", "s tímto nepomohu", "nemám přístup", "musím odmítnout", "odmítám"],
    machines_refusals: &["nemohu", "nemám", "nemůžu"],
    idioms: &["nemohu si pomoct", "nemohu si pomoci", "nemůžu si pomoct"],
    hits: &[
        "Omlouvám se, ale s tím vám nemohu pomoci.",
        "Bohužel nemohu poskytnout tyto informace.",
        "Omlouvám se, ale nemohu tento požadavek splnit.",
        "Promiňte, ale s tímto vám nepomohu.",
    ],
    misses: &[
        "Nemohu si pomoct, ten návrh obdivuji.",
        "Bohužel test selhal.",
    ],
    ..NONE
};

#[rustfmt::skip]
pub(super) const BULGARIAN: Language = Language {
    rule: "refusal-bulgarian",
    prefaces: &["съжалявам", "извинете", "извинявам се", "за съжаление", "но", "обаче", "здравейте", "не,"],
    preface_clauses: &["благодаря", "разбирам"],
    machines: &["като езиков модел", "като изкуствен интелект", "аз съм езиков модел"],
    openers: &["не мога", "няма как", "не съм в състояние"],
    endings: &[
        "да помогна", "да ви помогна", "да ти помогна", "да отговоря", "да предоставя", "да изпълня", "да направя това",
        "да дам", "да споделя",
    ],
    refusals: &["трябва да откажа", "отказвам да", "нямам достъп"],
    idioms: &["не мога да не"],
    hits: &["Съжалявам, но не мога да помогна с това."],
    misses: &["Не мога да не се възхитя.", "За съжаление тестът се провали."],
    ..NONE
};

#[rustfmt::skip]
pub(super) const SLOVAK: Language = Language {
    rule: "refusal-slovak",
    prefaces: &["žiaľ", "bohužiaľ", "ospravedlňujem sa", "prepáčte", "prepáč", "ľutujem", "je mi ľúto", "ale", "však", "dobrý deň"],
    preface_clauses: &["ďakujem", "rozumiem", "ospravedlňujem sa za"],
    machines: &["ako ai", "ako jazykový model", "ako umelá inteligencia", "som jazykový model"],
    openers: &["s tým", "s týmto", "nemôžem", "nedokážem", "nie som schopný", "túto", "tejto"],
    endings: &[
        "nemôžem pomôcť", "nemôžem vám pomôcť", "vám nemôžem pomôcť", "ti nemôžem pomôcť", "nemôžem splniť", "nemôžem poskytnúť",
        "nemôžem vám poskytnúť", "nemôžem odpovedať", "nemôžem vyhovieť", "nemôžem to urobiť", "nepomôžem",
    ],
    refusals: &["musím odmietnuť", "odmietam", "nemám prístup"],
    idioms: &["nemôžem sa dočkať", "nemôžem si pomôcť"],
    hits: &["Žiaľ, s týmto vám nemôžem pomôcť."],
    misses: &["Nemôžem sa dočkať výsledku.", "Žiaľ, test zlyhal."],
    ..NONE
};

#[rustfmt::skip]
pub(super) const CROATIAN_SERBIAN: Language = Language {
    rule: "refusal-croatian-serbian",
    prefaces: &[
        "na žalost", "nažalost", "žao mi je", "oprostite", "oprosti", "izvinite", "izvini", "ispričavam se", "izvinjavam se", "ali",
        "međutim", "нажалост", "на жалост", "жао ми је", "извините", "извини", "али", "међутим",
    ],
    preface_clauses: &["hvala", "razumijem", "razumem", "хвала", "разумем"],
    machines: &["kao ai", "kao jezični model", "kao jezički model", "kao umjetna inteligencija", "као језички модел"],
    negations: &[
        "ne mogu", "nisam u mogućnosti", "neću", "ne smijem", "ne smem", "s tim ne mogu", "s time ne mogu", "не могу", "нисам у могућности", "нећу",
    ],
    verbs: &[
        "pomoći", "vam pomoći", "ti pomoći", "vam s tim pomoći", "da pomognem", "da vam pomognem", "da ti pomognem", "pružiti", "odgovoriti",
        "da odgovorim", "da pružim", "ispuniti", "da ispunim", "udovoljiti", "to učiniti", "да помогнем", "да вам помогнем", "помоћи",
        "вам помоћи", "да одговорим", "да пружим", "да испуним",
    ],
    refusals: &["moram odbiti", "odbijam", "nemam pristup", "морам да одбијем", "одбијам", "немам приступ"],
    idioms: &["ne mogu dočekati", "ne mogu ne"],
    hits: &["Na žalost, ne mogu vam pomoći s tim.", "Нажалост, не могу да вам помогнем."],
    misses: &["Ne mogu dočekati rezultate.", "Nažalost, test nije uspio."],
    ..NONE
};

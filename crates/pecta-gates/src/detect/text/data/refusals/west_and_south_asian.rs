//! How answers refuse in the languages of West and South Asia.

use super::{Language, NONE};

#[rustfmt::skip]
pub(super) const ARABIC: Language = Language {
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
};

#[rustfmt::skip]
pub(super) const HINDI: Language = Language {
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
};

#[rustfmt::skip]
pub(super) const TURKISH: Language = Language {
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
};

#[rustfmt::skip]
pub(super) const PERSIAN: Language = Language {
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
};

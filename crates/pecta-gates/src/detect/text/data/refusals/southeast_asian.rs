//! How answers refuse in the languages of Southeast Asia.

use super::{Language, NONE};

#[rustfmt::skip]
pub(super) const INDONESIAN: Language = Language {
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
};

#[rustfmt::skip]
pub(super) const VIETNAMESE: Language = Language {
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
};

#[rustfmt::skip]
pub(super) const THAI: Language = Language {
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
};

//! `GET /v1/policy/candidate/report`: what a candidate policy would have judged otherwise.

use serde::Serialize;

/// The report on a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateReport {
    /// The version of the candidate.
    pub version: i64,
    /// How many outputs both policies judged.
    pub compared: i64,
    /// The gates that ask services which the candidate alone would have asked, and how many outputs were compared without
    /// them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<CandidateNameCount>,
    /// What passed and would not have.
    pub newly_blocked: CandidateChange,
    /// What did not pass and would have.
    pub newly_released: CandidateChange,
}

/// Verdicts that differ, the largest counts first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateChange {
    /// How many.
    pub count: i64,
    /// For which rules of which gates. One output may count for several, and for some where the verdict as a whole is the same.
    pub rules: Vec<CandidateRuleCount>,
    /// Of which agents.
    pub agents: Vec<CandidateNameCount>,
    /// Of which tools; the empty name is for outputs without one.
    pub tools: Vec<CandidateNameCount>,
}

/// How many for a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateRuleCount {
    /// The name of the gate; `*` for all beyond those that are counted by name.
    pub gate: String,
    /// The rule.
    pub rule: String,
    /// How many.
    pub count: i64,
}

/// How many of an agent, tool or gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateNameCount {
    /// Its id or name; `*` for all beyond those that are counted by name.
    pub name: String,
    /// How many.
    pub count: i64,
}

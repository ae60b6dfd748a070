//! `/v1/policy`: the policy of an org.

use super::batch::pay_for_each;
use super::judge::{Judged, judge_request};
use crate::app::App;
use crate::body::Body;
use crate::caller::{Administer, Caller, Consult, Posted};
use crate::error::ApiError;
use crate::heavy::{in_slices, is_short, on_body, on_pool, some};
use crate::policies::OrgPolicy;
use actix_web::http::header::{ETAG, HeaderMap, IF_MATCH, IF_NONE_MATCH};
use actix_web::{CustomizeResponder, HttpRequest, Responder, web};
use pecta_gates::Json;
use pecta_policy::json_schema;
use pecta_store::{PolicyChange, PolicyRecord, PolicyRole, Precondition};
use pecta_wire::{
    EvaluateRequest, Invalid, PolicyQuery, PolicyResponse, PolicyTestRequest, PolicyTestResponse,
    PolicyTestResult, RequestError, number, wrong_precondition,
};
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::LazyLock;
use std::time::Duration;

/// For how long cases are judged in one turn, for which a policy may have to be made ready.
const SLICE: Duration = Duration::from_secs(1);
/// The longest document, in bytes.
const DOCUMENT: usize = 256 << 10;

pub(super) type Answer = Result<CustomizeResponder<web::Json<PolicyResponse>>, ApiError>;

pub(super) async fn show(caller: Caller<Administer>, request: HttpRequest) -> Answer {
    newest(&caller, PolicyRole::Live, &request).await
}

pub(super) async fn put(
    Posted { caller, body }: Posted<Administer>,
    request: HttpRequest,
) -> Answer {
    change(&caller, PolicyRole::Live, Some(body), &request).await
}

pub(super) async fn delete(caller: Caller<Administer>, request: HttpRequest) -> Answer {
    change(&caller, PolicyRole::Live, None, &request).await
}

/// What a policy can say, as a JSON Schema.
pub(super) async fn schema(_: Caller<Consult>) -> web::Json<&'static Value> {
    static SCHEMA: LazyLock<Value> = LazyLock::new(json_schema);
    web::Json(&SCHEMA)
}

/// The policy that holds, or the version that the request asks for.
pub(super) async fn newest(
    caller: &Caller<Administer>,
    role: PolicyRole,
    request: &HttpRequest,
) -> Answer {
    let PolicyQuery { version } = PolicyQuery::parse(request.query_string())?;
    let found = caller.store().policy(caller.org(), role, version).await?;
    // A version that took the policy away can be asked for, but is none.
    let found = found.filter(|found| version.is_some() || found.document.is_some());
    answer(found.ok_or_else(|| match version {
        Some(_) => ApiError::NoSuch("version of the policy"),
        None => no_policy(role),
    })?)
}

fn no_policy(role: PolicyRole) -> ApiError {
    match role {
        PolicyRole::Live => ApiError::NoOwnPolicy,
        PolicyRole::Candidate => ApiError::NoSuch("candidate policy"),
    }
}

/// The policy in a body, once it is known to be one.
async fn document(caller: &Caller<Administer>, body: Body) -> Result<String, ApiError> {
    if body.len() > DOCUMENT {
        return Err(ApiError::PayloadTooLarge(DOCUMENT));
    }
    let read = |app: &App, body: &[u8]| {
        let document = str::from_utf8(body);
        let document = document.map_err(|error| RequestError::BadJson(error.to_string()))?;
        app.policies().parse(document)?;
        Ok(document.to_owned())
    };
    let app = &caller.app;
    on_pool(app, app.policy_turns(), caller.org(), body, read).await
}

/// Makes the policy in a body the newest version, or that there is none.
pub(super) async fn change(
    caller: &Caller<Administer>,
    role: PolicyRole,
    body: Option<Body>,
    request: &HttpRequest,
) -> Answer {
    let precondition = precondition(request.headers())?;
    let document = match body {
        Some(body) => Some(document(caller, body).await?),
        None => None,
    };
    let store = caller.store();
    let change = store.save_policy(caller.origin(), role, document, precondition);
    match change.await? {
        PolicyChange::Saved(record) => {
            caller.app.policies().changed(caller.org()).await;
            answer(record)
        }
        PolicyChange::Refused(holds) => Err(ApiError::PreconditionFailed(holds)),
        PolicyChange::Missing => Err(no_policy(role)),
    }
}

fn answer(record: PolicyRecord) -> Answer {
    let document = record.document.map(RawValue::from_string).transpose();
    let answer = PolicyResponse {
        version: record.version,
        created_at: record.created_at.into(),
        policy: document.map_err(ApiError::internal)?,
    };
    let tag = (ETAG, format!("\"{}\"", answer.version));
    Ok(web::Json(answer).customize().insert_header(tag))
}

/// What the request's `If-Match` asks for, else its `If-None-Match`.
fn precondition(headers: &HeaderMap) -> Result<Precondition, Invalid> {
    if headers.contains_key(IF_MATCH) {
        let rule = "must be versions in quotes, such as \"3\", or *";
        return if_match(headers).ok_or_else(|| wrong_precondition("If-Match", rule));
    }
    if !headers.contains_key(IF_NONE_MATCH) {
        return Ok(Precondition::None);
    }
    let mut values = headers.get_all(IF_NONE_MATCH);
    if values.all(|value| value.as_bytes().trim_ascii() == b"*") {
        return Ok(Precondition::Absent);
    }
    Err(wrong_precondition("If-None-Match", "must be *"))
}

fn if_match(headers: &HeaderMap) -> Option<Precondition> {
    let values = headers.get_all(IF_MATCH).map(|value| value.to_str().ok());
    let values: Vec<_> = values.collect::<Option<_>>()?;
    let tags = values.iter().flat_map(|value| value.split(','));
    let tags: Vec<_> = tags.map(str::trim).collect();
    if tags == ["*"] {
        return Some(Precondition::Exists);
    }
    let versions = tags.into_iter().map(version_of);
    versions.collect::<Option<_>>().map(Precondition::OneOf)
}

/// The version that an entity tag of this route names.
fn version_of(tag: &str) -> Option<i64> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// Judges cases by a policy that is given, or by that of the org. Nothing comes of it, and no service is asked.
pub(super) async fn test(
    Posted { caller, body }: Posted<Administer>,
) -> Result<web::Json<PolicyTestResponse>, ApiError> {
    let (app, org, current) = (&caller.app, caller.org(), caller.policy().await?);
    let is_quick = is_short(body.len());
    let (cases, valid) = on_body(app, org, body.clone(), is_quick, count).await?;
    pay_for_each(&caller, "cases", valid).await?;
    // A policy is made ready anew in each turn, rather than held by requests that wait for one.
    let judge = move |app: &App, body: &[u8], place: usize| {
        let test = PolicyTestRequest::parse(body)?;
        let policy = tested(app, &current, &test)?;
        let results = requests(&test).skip(place).map(|request| {
            let judged = request.and_then(|request| judge_request(app, &policy, request, &[]));
            judged.map_or_else(|error| PolicyTestResult::Refused(error.body()), result)
        });
        Ok(some(app.clock(), SLICE, results))
    };
    let results = in_slices(app, app.policy_turns(), org, body, cases, judge).await?;
    Ok(web::Json(PolicyTestResponse { results }))
}

/// How many cases there are, and how many of them are valid.
fn count(_: &App, body: &[u8]) -> Result<(usize, usize), ApiError> {
    let test = PolicyTestRequest::parse(body)?;
    if (test.policy).is_some_and(|document| document.get().len() > DOCUMENT) {
        return Err(ApiError::PayloadTooLarge(DOCUMENT));
    }
    Ok((test.cases.len(), requests(&test).flatten().count()))
}

/// The policy that is tested.
fn tested(
    app: &App,
    current: &OrgPolicy,
    test: &PolicyTestRequest<'_>,
) -> Result<OrgPolicy, ApiError> {
    Ok(match test.policy {
        Some(document) => current.with(app.policies().parse(document.get())?),
        None => current.alone(),
    })
}

fn requests<'b>(
    test: &PolicyTestRequest<'b>,
) -> impl Iterator<Item = Result<EvaluateRequest<Json<'b>>, ApiError>> {
    let cases = test.cases.iter().enumerate();
    cases.map(|(nth, case)| Ok(EvaluateRequest::parse_case(case, nth)?))
}

fn result(judged: Judged) -> PolicyTestResult {
    PolicyTestResult::Judged {
        status: 200,
        passed: judged.outcome.passed,
        gates: judged.outcome.gates,
        total_latency_ms: number(judged.outcome.total_latency.as_millis()),
        findings: judged.outcome.findings,
        policy_version: judged.outcome.policy_version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn check(name: &HeaderName, values: &[&[u8]], expected: &Result<Precondition, &str>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), HeaderValue::from_bytes(value).unwrap());
        }
        let found = precondition(&headers).map_err(|error| error.to_string());
        assert_eq!(
            found.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|message| *message),
            "{values:?}"
        );
    }

    #[test]
    fn entity_tags_become_versions() {
        let one_of = |versions: &[i64]| Ok(Precondition::OneOf(versions.to_vec()));
        check(&IF_MATCH, &[b"\"3\""], &one_of(&[3]));
        check(&IF_MATCH, &[b"\"3\", \"4\""], &one_of(&[3, 4]));
        check(&IF_MATCH, &[b"\"3\"", b"\"4\""], &one_of(&[3, 4]));
        check(&IF_MATCH, &[b" * "], &Ok(Precondition::Exists));
        check(&IF_NONE_MATCH, &[b"*"], &Ok(Precondition::Absent));
        check(&ETAG, &[b"\"3\""], &Ok(Precondition::None));
    }

    #[test]
    fn what_names_no_version_binds_to_none_and_is_refused() {
        // Weak tags and others that this route does not make are no versions.
        for value in [
            &b"3"[..],
            b"W/\"3\"",
            b"\"abc\"",
            b"",
            b"\"3\",",
            b"*, \"3\"",
            b"\"\xff\"",
        ] {
            let message = "If-Match must be versions in quotes, such as \"3\", or *";
            check(&IF_MATCH, &[value], &Err(message));
        }
        for value in [&b"\"5\""[..], b"", b"\xff"] {
            check(&IF_NONE_MATCH, &[value], &Err("If-None-Match must be *"));
        }
        check(
            &IF_NONE_MATCH,
            &[b"*", b"\"5\""],
            &Err("If-None-Match must be *"),
        );
    }
}

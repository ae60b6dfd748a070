//! Whatever happens between two events, the windows are those that the events make.

use super::*;
use crate::agent::{AgentPosition, AgentRecord};
use crate::event::{EventFilter, EventPosition, Source};
use crate::id::EventId;
use crate::record::AgentState;
use crate::schema::events as table;
use crate::sqlite::deletion;
use crate::sqlite::lane::{Mode, connect};
use crate::sqlite::migrated;
use crate::sqlite::pragmas::checkpoint;
use crate::sqlite::writer::tests::{batch, event, origin};
use chrono::{DateTime, TimeDelta};
use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use tempfile::TempDir;

/// Agents in memory; few, so that others leave it and come back.
const CAPACITY: usize = 3;
const AGENTS: u8 = 6;

mod filing;
mod others;

/// A database, whoever records in it, and what should be in it.
struct Scene {
    directory: TempDir,
    lane: Lane,
    recorder: Recorder,
    expected: BTreeMap<String, AgentState>,
}

/// An event, by its agent, verdict and second. Those of odd seconds are unsigned.
type Verdict = (u8, bool, i64);

#[derive(Debug, Clone)]
enum Step {
    /// A group of batches is recorded.
    Record(Vec<Vec<Verdict>>),
    /// A batch is rolled back.
    Fail(Vec<Verdict>),
    /// So many turns are taken.
    Save(usize),
    /// Ten seconds pass.
    Wait,
    /// The log is folded into the file by another connection.
    Checkpoint,
    /// Another process commits something.
    Intrude,
    /// Another server on the same file records a group.
    RecordElsewhere(Vec<Vec<Verdict>>),
    /// Another process erases an agent.
    Erase(u8),
    /// Events before this second are deleted.
    Expire(i64),
    /// The process is killed, and another starts.
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let batch = || proptest::collection::vec((0..AGENTS, any::<bool>(), 0..9i64), 1..20);
    let group = || proptest::collection::vec(batch(), 1..4);
    let step = prop_oneof![
        6 => group().prop_map(Step::Record),
        1 => group().prop_map(Step::RecordElsewhere),
        1 => batch().prop_map(Step::Fail),
        2 => (0..5usize).prop_map(Step::Save),
        3 => Just(Step::Wait),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::Intrude),
        1 => (0..AGENTS).prop_map(Step::Erase),
        1 => (0..9i64).prop_map(Step::Expire),
        2 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 1..40)
}

fn name(agent: u8) -> String {
    format!("agent-{agent}")
}

fn batch_of(verdicts: &[Verdict]) -> Batch {
    let events = verdicts.iter().map(|&(agent, passed, second)| NewEvent {
        passed,
        created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(second),
        source: if second % 2 == 0 {
            Source::Signed
        } else {
            Source::Unsigned
        },
        ..event(&name(agent))
    });
    batch(events.collect())
}

impl Scene {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let org = "INSERT INTO orgs (id, name, created_at) VALUES (1, 'acme', 0)";
        migrated(&path(&directory)).batch_execute(org).unwrap();
        let (lane, recorder) = start(&directory);
        Self {
            directory,
            lane,
            recorder,
            expected: BTreeMap::new(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Record(group) => self.record(&group),
            Step::Fail(verdicts) => self.fail(&verdicts),
            Step::Save(turns) => self.recorder.save(&mut self.lane, turns).unwrap(),
            Step::Wait => self.wait(),
            Step::Checkpoint => checkpoint(&mut self.elsewhere()).unwrap(),
            Step::Intrude => self.intrude("UPDATE orgs SET created_at = created_at + 1"),
            Step::RecordElsewhere(group) => self.record_elsewhere(&group),
            Step::Erase(agent) => self.erase(&name(agent)),
            Step::Expire(second) => self.expire(second),
            Step::Restart => (self.lane, self.recorder) = start(&self.directory),
        }
    }

    fn record(&mut self, group: &[Vec<Verdict>]) {
        let batches: Vec<_> = group.iter().map(|verdicts| batch_of(verdicts)).collect();
        let receipts = self.recorder.record(&mut self.lane, &batches).unwrap();
        for (batch, receipt) in batches.iter().zip(receipts) {
            for (_, event) in counting_order(&batch.events) {
                let agent = self.expected.entry(event.agent_id.clone());
                let agent = agent.or_insert_with(AgentState::unknown);
                agent.count(event, stored_time(event.created_at));
            }
            for agent in receipt.agents {
                let expected = self.expected[&agent.agent_id].clone();
                let expected = expected.standing(agent.agent_id.clone(), Scoring::default());
                assert_eq!(agent, expected);
            }
        }
    }

    fn record_elsewhere(&mut self, group: &[Vec<Verdict>]) {
        let other = start(&self.directory);
        let here = (
            std::mem::replace(&mut self.lane, other.0),
            std::mem::replace(&mut self.recorder, other.1),
        );
        self.record(group);
        (self.lane, self.recorder) = here;
    }

    fn fail(&mut self, verdicts: &[Verdict]) {
        let failed = self.recorder.run(&mut self.lane, 9, |transaction| {
            transaction.record(&batch_of(verdicts))?;
            transaction.insert_new()?;
            Err::<(), _>(StoreError::Aborted(String::new()))
        });
        assert!(matches!(failed, Err(StoreError::Aborted(_))));
    }

    fn wait(&mut self) {
        let later = self.recorder.ids.newest_millis() + 10_000;
        self.recorder.ids.go_on_behind(EventId::before(later));
    }

    fn erase(&mut self, agent: &str) {
        self.expected.remove(agent);
        deletion::delete_agent(&mut self.elsewhere(), origin().org(), agent).unwrap();
    }

    fn expire(&mut self, second: i64) {
        let place = EventPosition::start_of(second * 1_000_000);
        for passed in [true, false] {
            let step = |connection: &mut SqliteConnection| {
                deletion::delete_behind(connection, origin().org(), passed, place)
            };
            let step = self
                .lane
                .run(|connection| connection.immediate_transaction(step));
            assert!(step.is_ok());
        }
    }

    fn elsewhere(&self) -> SqliteConnection {
        connect(&path(&self.directory), Mode::Write).unwrap()
    }

    fn intrude(&self, sql: &str) {
        self.elsewhere().batch_execute(sql).unwrap();
    }

    /// In memory, or by a row that lacks nothing, every agent is as its events made it.
    fn check(&mut self) {
        self.recorder.save(&mut self.lane, 0).unwrap();
        let mut connection = self.elsewhere();
        for agent in (0..AGENTS).map(name) {
            let org = origin().org();
            let row = agents::load(&mut connection, org, &agent).unwrap();
            let memory = self.recorder.agents.lock();
            let in_memory = memory.get(org, &agent);
            let current = in_memory.map_or(&row, |(_, agent)| &agent.state);
            let unknown = AgentState::unknown();
            let expected = self.expected.get(&agent).unwrap_or(&unknown);
            assert_eq!(current, expected, "{agent}");
            assert_eq!(row.seen.is_some(), expected.seen.is_some(), "{agent}");
        }
        for agent in (0..AGENTS).map(name) {
            self.check_events(&mut connection, &agent);
        }
        for limit in [1, 2, u32::from(AGENTS)] {
            self.check_pages(&mut connection, limit);
        }
    }

    /// In memory and in the index, the events of an agent are those in the table, and the index holds no others.
    fn check_events(&self, connection: &mut SqliteConnection, agent: &str) {
        let org = origin().org();
        let unfiled = self.recorder.agents.lock().unfiled(org, agent).to_vec();
        let of_agent = table::table.filter(table::agent_id.eq(agent));
        for passed in [None, Some(true), Some(false)] {
            let filter = EventFilter {
                agent_id: Some(agent.to_owned()),
                passed,
                limit: 1000,
                ..EventFilter::default()
            };
            let page = events::list(connection, org, &filter, &unfiled).unwrap();
            let listed: Vec<_> = page.events.iter().map(|event| event.sequence).collect();
            let newest_first = (table::created_at.desc(), table::id.desc());
            let expected = of_agent.order(newest_first).into_boxed();
            let expected = match passed {
                Some(passed) => expected.filter(table::passed.eq(passed)),
                None => expected,
            };
            let expected: Vec<i64> = expected.select(table::sequence).load(connection).unwrap();
            assert_eq!(listed, expected, "{agent} {passed:?}");
        }
        let strays = "SELECT COUNT(*) FROM agent_events AS filed WHERE NOT EXISTS \
                      (SELECT 1 FROM events WHERE events.id = filed.id)";
        let strays = diesel::dsl::sql::<diesel::sql_types::BigInt>(strays);
        assert_eq!(strays.get_result::<i64>(connection).unwrap(), 0);
    }

    /// Along its cursors, the listing is that of what is expected.
    fn check_pages(&self, connection: &mut SqliteConnection, limit: u32) {
        let org = origin().org();
        let mut listed = Vec::new();
        let mut after = None;
        loop {
            let page = agents::list(connection, org, after.as_ref(), self.unsaved(), limit);
            let page = page.unwrap();
            let is_full = page.agents.len() == usize::try_from(limit).unwrap();
            assert!(is_full || page.next.is_none(), "{limit}");
            assert!(!page.agents.is_empty() || listed.is_empty(), "{limit}");
            listed.extend(page.agents.into_iter().map(place_and_count));
            assert!(listed.len() <= self.expected.len(), "{limit}");
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected = self.expected.iter().map(|(agent_id, state)| {
            let (first, last) = state.seen.unwrap();
            (last, agent_id.clone(), first, state.eval_count)
        });
        let mut expected: Vec<_> = expected.collect();
        expected.sort_by_key(|agent| Reverse(agent.clone()));
        assert_eq!(listed, expected, "{limit}");
    }

    fn unsaved(&self) -> agents::Unsaved {
        agents::Unsaved::of(self.recorder.agents.lock().behind(origin().org()))
    }

    fn count_of_behind(&self) -> usize {
        self.recorder.agents.lock().behind(origin().org()).len()
    }
}

/// An agent as it is listed, its place first.
fn place_and_count(agent: AgentRecord) -> (i64, String, i64, i64) {
    let [first, last] = [agent.first_seen, agent.last_seen].map(|time| time.timestamp_micros());
    (last, agent.agent_id, first, agent.eval_count)
}

fn path(directory: &TempDir) -> PathBuf {
    directory.path().join("db")
}

fn start(directory: &TempDir) -> (Lane, Recorder) {
    start_with(directory, CAPACITY)
}

fn start_with(directory: &TempDir, capacity: usize) -> (Lane, Recorder) {
    let mut lane = Lane::new(&path(directory), Mode::Write);
    let mut recorder = Recorder::new(SharedCache::new(capacity), Scoring::default());
    recorder.save(&mut lane, 0).unwrap();
    (lane, recorder)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn windows_equal_a_recomputation_whatever_happens_in_between(steps in steps()) {
        let mut scene = Scene::new();
        for step in steps {
            scene.take(step);
            scene.check();
        }
        scene.recorder.save(&mut scene.lane, usize::MAX).unwrap();
        prop_assert_eq!(scene.count_of_behind(), 0, "a stop leaves nothing behind");
    }
}

#[test]
fn pages_leave_out_who_moved_up_and_who_is_erased_meanwhile() {
    let mut scene = Scene::new();
    for agent in 0..3 {
        scene.record(&[vec![(agent, true, i64::from(agent))]]);
    }
    scene.record(&[vec![(0, true, 5), (1, true, 4)]]);
    assert_eq!(scene.count_of_behind(), 2);
    let unsaved = [scene.unsaved(), scene.unsaved(), scene.unsaved()];
    scene.intrude("DELETE FROM agents WHERE agent_id = 'agent-0'");
    let mut connection = scene.elsewhere();
    let place = |second: i64, agent| AgentPosition {
        last_seen_us: second * 1_000_000,
        agent_id: name(agent),
    };
    let cases = [
        // What memory says of one that is erased is not shown.
        (None, vec![(4, 1, 2)], Some(place(4, 1))),
        // By its row it would stand behind this place.
        (Some(place(3, 0)), vec![(2, 2, 1)], None),
        (Some(place(4, 1)), vec![(2, 2, 1)], None),
    ];
    for ((after, expected, next), unsaved) in cases.into_iter().zip(unsaved) {
        let org = origin().org();
        let page = agents::list(&mut connection, org, after.as_ref(), unsaved, 1).unwrap();
        let found = page.agents.into_iter().map(place_and_count);
        let found = found.map(|(last, agent, _, count)| (last, agent, count));
        let expected = expected.into_iter();
        let expected =
            expected.map(|(second, agent, count)| (second * 1_000_000, name(agent), count));
        assert_eq!(
            found.collect::<Vec<_>>(),
            expected.collect::<Vec<_>>(),
            "{after:?}"
        );
        assert_eq!(page.next, next, "{after:?}");
    }
}

#[test]
fn an_agent_that_is_half_erased_counts_on_behind_its_newest_event() {
    let mut scene = Scene::new();
    for _ in 0..4 {
        scene.record(&[vec![(0, true, 0)]]);
    }
    assert_eq!(scene.count_of_behind(), 1);
    scene.intrude("DELETE FROM events WHERE sequence = 3");
    for expected in [5, 6] {
        let receipts = scene
            .recorder
            .record(&mut scene.lane, &[batch_of(&[(0, true, 0)])]);
        let receipts = receipts.unwrap();
        assert_eq!(receipts[0].agents[0].eval_count, expected);
        scene.recorder.save(&mut scene.lane, usize::MAX).unwrap();
        scene.take(Step::Restart);
    }
}

#[test]
fn ids_go_on_behind_events_that_were_deleted() {
    let mut scene = Scene::new();
    scene.record(&[vec![(0, true, 9)]]);
    scene.wait();
    scene.record(&[vec![(1, true, 0)]]);
    scene.record(&[vec![(1, true, 0)]]);
    scene.recorder.save(&mut scene.lane, usize::MAX).unwrap();
    scene.expire(9);
    // The clock of the next process is ten seconds back.
    scene.take(Step::Restart);
    scene.record(&[vec![(0, true, 9)]]);
    scene.take(Step::Restart);
    scene.check();
}

#[test]
fn memory_holds_no_more_agents_than_it_may() {
    let mut scene = Scene::new();
    for agent in 0..AGENTS {
        scene.record(&[vec![(agent, true, 0)], vec![(agent, true, 0)]]);
    }
    scene.record(&[vec![(0, true, 0)]]);
    let known = (0..AGENTS).filter(|agent| {
        let memory = scene.recorder.agents.lock();
        memory.get(origin().org(), &name(*agent)).is_some()
    });
    // One transaction may take in one more, which leaves with the next.
    assert_eq!(known.count(), CAPACITY + 1);
}

#[test]
fn a_window_that_cannot_be_read_stops_nobody_else() {
    let mut scene = Scene::new();
    scene.record(&[
        vec![(0, true, 0), (1, true, 0)],
        vec![(0, true, 0), (1, true, 0)],
    ]);
    scene.record(&[vec![(0, true, 0), (1, true, 0)]]);
    scene.intrude("UPDATE agents SET \"window\" = x'ff' WHERE agent_id = 'agent-0'");
    scene.take(Step::Restart);
    scene.record(&[vec![(1, false, 0)]]);
    let spoilt = [batch_of(&[(0, true, 0)])];
    let refused = scene.recorder.record(&mut scene.lane, &spoilt);
    assert!(matches!(refused, Err(StoreError::Corrupt(_))));
}

/// What diesel prepared to be kept, and what it ran.
#[derive(Debug, Default)]
struct Statements {
    kept: Vec<String>,
    run: Vec<String>,
}

#[derive(Clone, Default)]
struct Watch(Arc<Mutex<Statements>>);

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let mut statements = self.0.lock().unwrap();
        match event {
            InstrumentationEvent::CacheQuery { sql, .. } => statements.kept.push(sql.to_owned()),
            InstrumentationEvent::StartQuery { query, .. } => {
                let query = query.to_string();
                let sql = query.split(" -- binds").next().unwrap();
                statements.run.push(sql.to_owned());
            }
            _ => {}
        }
    }
}

impl Scene {
    /// Watches the recorder from now on, on a new connection.
    fn watch(&mut self) -> Watch {
        let watch = Watch::default();
        let mut connection = self.elsewhere();
        connection.set_instrumentation(watch.clone());
        self.lane = Lane::with_connection(&path(&self.directory), Mode::Write, connection);
        self.recorder.basis = None;
        watch
    }
}

#[test]
fn the_statements_of_a_group_stay_prepared() {
    let mut scene = Scene::new();
    let watch = scene.watch();
    let group = |number: i64| {
        let with_ids = NewEvent {
            evaluation_id: Some(format!("ev_{number:022}")),
            idempotency_key: Some(number.to_string()),
            ..event("a")
        };
        [batch(vec![with_ids, event("b")])]
    };
    for number in 0..3 {
        scene
            .recorder
            .record(&mut scene.lane, &group(number))
            .unwrap();
    }
    let kept = std::mem::take(&mut *watch.0.lock().unwrap()).kept;
    scene.recorder.record(&mut scene.lane, &group(3)).unwrap();
    let last = watch.0.lock().unwrap();
    assert_eq!(last.kept, Vec::<String>::new());
    let prepared_anew = last.run.iter().filter(|sql| !kept.contains(sql));
    let prepared_anew: Vec<_> = prepared_anew.collect();
    assert_eq!(prepared_anew, ["BEGIN IMMEDIATE", "COMMIT"]);
}

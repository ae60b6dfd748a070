//! What other processes do while a server records.

use super::*;
use crate::audit::Actor;
use crate::key::NewKey;
use crate::open::Purpose;
use crate::org::OrgChange;
use crate::sqlite::{open, orgs};
use pecta_auth::{KeyKind, MasterKey};
use std::thread;

/// Agents in memory whose rows are behind.
const MANY: u32 = 4000;

impl Watch {
    /// How often events were read again since this was last asked, and how often an agent's row was.
    fn take_reads(&self) -> (usize, usize) {
        let run = std::mem::take(&mut self.0.lock().unwrap().run);
        let count = |beginning| run.iter().filter(|sql| sql.starts_with(beginning)).count();
        let events = count("SELECT `events`.`id`, `events`.`agent_id`");
        (events, count("SELECT `agents`.`first_seen`"))
    }
}

/// A scene of many agents, and one more with 3000 events.
fn crowded() -> Scene {
    let mut scene = Scene::new();
    (scene.lane, scene.recorder) = start_with(&scene.directory, 1 << 14);
    for _ in 0..2 {
        let events = (0..MANY).map(|number| event(&format!("one-{number}")));
        scene
            .recorder
            .record(&mut scene.lane, &[batch(events.collect())])
            .unwrap();
    }
    for _ in 0..30 {
        scene.record(&[vec![(0, true, 0); 100]]);
    }
    assert!(scene.count_of_behind() > 3000);
    scene
}

/// Makes a key as the command line does.
fn create_key(url: &str) {
    let master_keys = |_: crate::Place<'_>| Ok(MasterKey::parse(&"aa".repeat(32)).unwrap().into());
    let opened = open(
        url,
        Scoring::default(),
        Purpose::Administration,
        master_keys,
    );
    let (store, master_keys) = opened.unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let key = NewKey::of(KeyKind::Publishable);
    let made = store.create_key("acme".to_owned(), key, Arc::new(master_keys));
    runtime.unwrap().block_on(async {
        made.await.unwrap();
        store.close().await;
    });
}

#[test]
fn no_agents_are_read_again_for_what_others_commit() {
    let mut scene = crowded();
    let watch = scene.watch();
    scene.record(&[vec![(1, true, 0)]]);
    let (events, agents) = watch.take_reads();
    assert!(events > 0, "a new connection reads them all");
    let most = usize::try_from(2 * MANY + 10).unwrap();
    assert!(
        (3000..most).contains(&agents),
        "when an agent is met first, and when its row lacks something: {agents}"
    );

    checkpoint(&mut connect(&path(&scene.directory), Mode::Read).unwrap()).unwrap();
    scene.record(&[vec![(1, true, 0)]]);
    create_key(&format!("sqlite:{}", path(&scene.directory).display()));
    scene.record(&[vec![(1, true, 0)]]);
    let mut elsewhere = scene.elsewhere();
    let set = elsewhere.immediate_transaction(|connection| {
        let actor = Actor::CommandLine(origin().org());
        orgs::set(connection, actor, OrgChange::default(), None, 0)
    });
    set.unwrap();
    scene.record(&[vec![(1, true, 0)]]);
    assert_eq!(watch.take_reads(), (0, 0));
}

#[test]
fn an_erasure_makes_only_one_agent_forgotten() {
    let mut scene = crowded();
    let watch = scene.watch();
    scene.record(&[vec![(1, true, 0)]]);
    watch.take_reads();
    let before = scene.count_of_behind();

    let mut elsewhere = scene.elsewhere();
    let erase = move || deletion::delete_agent(&mut elsewhere, origin().org(), "agent-0");
    let erasure = thread::spawn(erase);
    let mut groups = 0;
    while !erasure.is_finished() {
        scene.record(&[vec![(1, true, 0)]]);
        groups += 1;
        thread::yield_now();
    }
    assert_eq!(erasure.join().unwrap().unwrap(), Some(3000));
    scene.expected.remove("agent-0");
    assert!(
        groups > 15,
        "in steps, between which others write: {groups}"
    );
    scene.recorder.save(&mut scene.lane, 0).unwrap();
    let memory = scene.recorder.agents.lock();
    assert!(memory.get(origin().org(), "agent-0").is_none());
    drop(memory);
    assert_eq!(watch.take_reads(), (0, 0));
    assert!(scene.count_of_behind() + groups >= before - 1);

    scene.record(&[vec![(0, true, 0)]]);
    assert_eq!(watch.take_reads(), (0, 1));
    scene.take(Step::Restart);
    scene.record(&[vec![(0, true, 0), (1, true, 0)]]);
}

#[test]
fn what_another_server_recorded_is_read() {
    let mut scene = Scene::new();
    scene.record(&[vec![(0, true, 0), (1, true, 0)]]);
    scene.record(&[vec![(0, true, 0), (1, true, 0)]]);
    for step in [0, 9] {
        scene.record_elsewhere(&[vec![(0, false, 1); 40], vec![(2, true, 1)]]);
        scene.take(Step::Save(step));
        scene.take(Step::Expire(2));
        scene.check();
    }
}

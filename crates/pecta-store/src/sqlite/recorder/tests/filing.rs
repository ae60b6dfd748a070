//! The events of an agent that wait to be filed.

use super::*;

#[test]
fn a_busy_agent_does_not_wait_for_its_turn() {
    let mut scene = Scene::new();
    let busy = |count: usize| vec![vec![(0, true, 0); count]];
    scene.record(&[vec![(0, true, 0), (1, true, 0), (2, true, 0)]]);
    for _ in 0..9 {
        // Others have their turn.
        scene.recorder.events = 0;
        scene.record(&busy(31));
        let memory = scene.recorder.agents.lock();
        assert!(memory.unfiled(origin().org(), "agent-0").len() <= MOST_UNFILED);
    }
    scene.check();
    scene.take(Step::Restart);
    scene.check();
}

#[test]
fn what_is_not_filed_is_erased_and_read_by_other_processes_too() {
    let mut scene = Scene::new();
    scene.record(&[vec![(0, true, 0), (1, true, 0)]]);
    scene.record(&[vec![(0, true, 1), (0, false, 2), (1, true, 1)]]);
    let mut connection = scene.elsewhere();
    let org = origin().org();
    let filter = EventFilter {
        agent_id: Some(name(0)),
        limit: 10,
        ..EventFilter::default()
    };
    let unfiled = agent_events::unfiled(&mut connection, org, "agent-0").unwrap();
    assert!(unfiled.len() > 1, "{unfiled:?}");
    let page = events::list(&mut connection, org, &filter, &unfiled).unwrap();
    assert_eq!(page.events.len(), 3);
    assert_eq!(
        events::count(&mut connection, org, &filter, &unfiled).unwrap(),
        3
    );
    let deleted = deletion::delete_agent(&mut connection, org, "agent-0").unwrap();
    assert_eq!(deleted, Some(3));
    scene.expected.remove("agent-0");
    scene.check();
}

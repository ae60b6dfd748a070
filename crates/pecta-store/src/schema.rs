//! The tables as diesel sees them. The types are portable: both backends hold the same.

diesel::table! {
    orgs (id) {
        id -> BigInt,
        name -> Text,
        created_at -> BigInt,
        require_signature -> Bool,
        audit_count -> BigInt,
        audit_head -> Nullable<Binary>,
        rate_limit_ingest -> Nullable<BigInt>,
        rate_limit_default -> Nullable<BigInt>,
        require_timed_signature -> Bool,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        org_id -> BigInt,
        kind -> Text,
        name -> Nullable<Text>,
        hash -> Binary,
        last_four -> Text,
        sealed -> Nullable<Binary>,
        master_key_id -> Nullable<Text>,
        scopes -> Text,
        agents -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        replaced_by -> Nullable<BigInt>,
        rate_limit_ingest -> Nullable<BigInt>,
        rate_limit_default -> Nullable<BigInt>,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    agents (org_id, agent_id) {
        org_id -> BigInt,
        agent_id -> Text,
        first_seen -> BigInt,
        last_seen -> BigInt,
        eval_count -> BigInt,
        window_sequence -> BigInt,
        window -> Nullable<Binary>,
        verified_window -> Nullable<Binary>,
    }
}

diesel::table! {
    events (org_id, id) {
        org_id -> BigInt,
        id -> Binary,
        agent_id -> Text,
        sequence -> BigInt,
        tool -> Nullable<Text>,
        passed -> Bool,
        gates -> Text,
        total_latency_us -> BigInt,
        latency_us -> BigInt,
        score -> SmallInt,
        created_at -> BigInt,
        evaluation_id -> Nullable<Text>,
        idempotency_key -> Nullable<Text>,
        source -> Text,
        key_id -> BigInt,
        policy_version -> Nullable<BigInt>,
        findings -> Nullable<Text>,
    }
}

// SQLite's alone.
diesel::table! {
    agent_events (org_id, agent_id, passed, created_at, id) {
        org_id -> BigInt,
        agent_id -> Text,
        passed -> Bool,
        created_at -> BigInt,
        id -> Binary,
        tool -> Nullable<Text>,
        source -> Text,
    }
}

diesel::table! {
    signatures_seen (org_id, signed_at, mac) {
        org_id -> BigInt,
        signed_at -> BigInt,
        mac -> Binary,
    }
}

diesel::table! {
    policies (org_id, role, version) {
        org_id -> BigInt,
        role -> Text,
        version -> BigInt,
        document -> Nullable<Text>,
        created_at -> BigInt,
        key_id -> BigInt,
    }
}

diesel::table! {
    suppressions (org_id, id) {
        org_id -> BigInt,
        id -> Binary,
        gate -> Text,
        rule -> Text,
        agent -> Nullable<Text>,
        tool -> Nullable<Text>,
        pointer -> Nullable<Text>,
        reason -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        key_id -> BigInt,
    }
}

diesel::table! {
    policy_revisions (org_id) {
        org_id -> BigInt,
        revision -> BigInt,
    }
}

diesel::table! {
    candidate_counts (org_id, version, what, name, rule) {
        org_id -> BigInt,
        version -> BigInt,
        what -> Text,
        name -> Text,
        rule -> Text,
        count -> BigInt,
    }
}

diesel::table! {
    audit_entries (org_id, sequence) {
        org_id -> BigInt,
        sequence -> BigInt,
        created_at -> BigInt,
        actor -> Text,
        key_id -> Nullable<BigInt>,
        address -> Nullable<Text>,
        act -> Text,
        subject -> Text,
        changes -> Text,
        hash -> Binary,
    }
}

diesel::table! {
    erasures (org_id, agent) {
        org_id -> BigInt,
        agent -> Binary,
    }
}

diesel::joinable!(api_keys -> orgs (org_id));
diesel::allow_tables_to_appear_in_same_query!(api_keys, orgs);
diesel::allow_tables_to_appear_in_same_query!(agents, events, agent_events);

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::query_source::Table;
    use diesel::sql_types::Text;

    /// The columns of a table, by diesel and by the database.
    macro_rules! check {
        ($connection:expr, $table:ident) => {{
            let query = diesel::debug_query::<diesel::sqlite::Sqlite, _>(
                &super::$table::table.select(super::$table::table::all_columns()),
            )
            .to_string();
            let table = stringify!($table);
            let names = "SELECT group_concat(printf('`%s`.`%s`', '%T', name), ', ') FROM pragma_table_info('%T')";
            let names: String =
                diesel::dsl::sql::<Text>(&names.replace("%T", table))
                    .get_result($connection)
                    .unwrap();
            assert!(query.starts_with(&format!("SELECT {names} FROM ")), "{query}\n{names}");
        }};
    }

    #[test]
    fn the_tables_are_those_of_the_migrations() {
        let directory = tempfile::tempdir().unwrap();
        let connection = &mut crate::sqlite::migrated(&directory.path().join("db"));
        check!(connection, orgs);
        check!(connection, api_keys);
        check!(connection, agents);
        check!(connection, events);
        check!(connection, agent_events);
        check!(connection, signatures_seen);
        check!(connection, policies);
        check!(connection, suppressions);
        check!(connection, candidate_counts);
        check!(connection, audit_entries);
        check!(connection, policy_revisions);
        check!(connection, erasures);
    }
}

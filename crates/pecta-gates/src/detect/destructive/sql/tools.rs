//! Rules about the programs of databases.

use crate::detect::{
    destructive::{Rule, example},
    shell::lexer::Word,
};

/// Options of the client of Redis with a value, where they may stand before a command.
const REDIS_VALUED: &[&str] = &[
    "-D",
    "-X",
    "-a",
    "-d",
    "-h",
    "-i",
    "-n",
    "-p",
    "-r",
    "-s",
    "-t",
    "-u",
    "--cacert",
    "--cacertdir",
    "--cert",
    "--key",
    "--pass",
    "--show-pushes",
    "--sni",
    "--tls-ciphers",
    "--tls-ciphersuites",
    "--user",
];

/// Rules about the programs of databases.
pub(in crate::detect::destructive) const TOOLS: &[Rule] = &[
    Rule {
        id: "drop-database",
        flags: "a database dropped from the command line",
        programs: &["dropdb", "mysqladmin", "dropuser"],
        matches: |run| {
            (run.name != "mysqladmin" && !run.args.is_empty() && !run.is_rehearsal())
                || run.does(&["-u", "-h", "-P"], &["drop"])
        },
        example: example("dropdb shop", "createdb shop"),
    },
    Rule {
        id: "redis-flush",
        flags: "all keys of a Redis database deleted",
        programs: &["redis-cli", "valkey-cli", "keydb-cli"],
        matches: |run| {
            run.operand(REDIS_VALUED, 0).is_some_and(|word| {
                ["flushall", "flushdb"].contains(&word.text.to_ascii_lowercase().as_str())
            })
        },
        example: example("redis-cli -n 2 FLUSHALL", "redis-cli get flush"),
    },
    Rule {
        id: "elasticsearch-delete-all",
        flags: "all indices of Elasticsearch deleted with `curl`",
        programs: &["curl"],
        matches: |run| {
            let deletes = run.has_word("-XDELETE")
                || run.args.windows(2).any(|pair| matches!(pair, [option, method] if ["-X", "--request"].contains(&option.text.as_ref()) && method.text == "DELETE"));
            let all = |word: &Word<'_>| {
                let path = word.text.split('?').next().unwrap_or_default();
                ["/_all", ":9200/*"].iter().any(|end| path.ends_with(end))
            };
            deletes && run.args.iter().any(all)
        },
        example: example(
            "curl -X DELETE localhost:9200/_all",
            "curl -X DELETE localhost:9200/logs-2024-01",
        ),
    },
    Rule {
        id: "migrate-reset",
        flags: "a database reset by a tool for migrations",
        programs: &[
            "rails",
            "rake",
            "alembic",
            "flyway",
            "prisma",
            "artisan",
            "php",
            "python",
            "python3",
            "npx",
            "bundle",
            "yarn",
            "pnpm",
            "sequelize",
            "knex",
            "bin/rails",
        ],
        matches: |run| {
            let tasks = [
                "db:drop",
                "db:reset",
                "db:purge",
                "db:migrate:reset",
                "db:schema:load",
                "migrate:fresh",
                "migrate:reset",
                "db:wipe",
                "db:drop:all",
            ];
            let django = || {
                run.args
                    .first()
                    .is_some_and(|word| word.text.ends_with("manage.py"))
                    && run.args.get(1).is_some_and(|word| {
                        ["flush", "reset_db", "sqlflush"].contains(&word.text.as_ref())
                    })
            };
            let prisma = || {
                let prisma = run.name == "prisma" || run.has_word("prisma");
                prisma
                    && (run.has_word("reset")
                        || run.has_word("--force-reset")
                        || run.has_word("--accept-data-loss"))
            };
            let alembic = || {
                (run.name == "alembic" || run.has_word("alembic"))
                    && run.has_word("downgrade")
                    && run.has_word("base")
            };
            let flyway = || run.name == "flyway" && run.has_word("clean");
            run.has_any(&tasks) || django() || prisma() || alembic() || flyway()
        },
        example: example("bundle exec rake db:drop", "bundle exec rake db:migrate"),
    },
];

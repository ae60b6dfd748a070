//! SQL, and the programs of databases.

use super::{check, found};

const DESTRUCTIVE: &[&str] = &[
    "Drop Database If Exists shop;",
    "Delete from users;",
    "DROP TABLE 用户;",
    "redis-cli --tls --cacert ca.pem FLUSHALL",
    "redis-cli --cert c.pem --key k.pem FLUSHDB",
    "EXEC a\nEXEC('DROP TABLE t')",
    "DROP TABLESPACE old INCLUDING CONTENTS;",
    "redis.flushall()",
    "await client.flushDb();",
    "ALTER TABLE users DROP email;",
    "EXEC sp_executesql N'DROP TABLE users'",
    "EXECUTE IMMEDIATE 'TRUNCATE TABLE orders';",
    "WITH x AS (SELECT 1) DELETE FROM users;",
    "DROP OWNED BY app;",
    "DELETE orders FROM orders;",
    "DELETE o FROM orders o;",
    "DELETE o FROM orders AS o;",
    "FLUSHALL",
    "flushdb async",
    "db.users.drop()",
    "{\"sql\": \"DROP TABLE users\"}",
    "db.Exec(\"DELETE FROM users\")",
    "session.execute(text(\"TRUNCATE TABLE users\"))",
    "mysqli_query($link, \"DROP TABLE users\")",
    "curl -XDELETE localhost:9200/_all",
    "DELETE FROM users;",
    "DELETE FROM users",
    "delete from users;",
    "DELETE FROM users WHERE 1=1;",
    "DELETE FROM users WHERE true",
    "DELETE FROM users WHERE 'a'='a'",
    "DELETE FROM users WHERE id = 7 OR 1=1",
    "DELETE FROM users WHERE id=id;",
    "DELETE FROM public.users;",
    "DELETE FROM \"users\";",
    "DELETE FROM users -- all",
    "DROP TABLE users;",
    "drop table users",
    "DROP TABLE IF EXISTS a, b CASCADE;",
    "drop/**/table users",
    "DROP/* x */TABLE/* y */users;",
    "/*!50000 DROP TABLE users */",
    "DROP DATABASE prod;",
    "DROP SCHEMA public CASCADE;",
    "TRUNCATE users;",
    "TRUNCATE TABLE users",
    "SELECT 1; DROP TABLE users;--",
    "Robert'); DROP TABLE students;--",
    "BEGIN;\nDELETE FROM users;\nCOMMIT;",
    "UPDATE users SET admin = 1;",
    "ALTER TABLE users DROP COLUMN email;",
    "psql -c 'DROP TABLE users'",
    "psql -d prod -c \"DELETE FROM users\"",
    "mysql -e 'drop database prod'",
    "echo 'DROP TABLE users;' | mysql",
    "psql <<EOF\nDROP TABLE users;\nEOF",
    "sudo -u postgres psql -c 'DROP DATABASE prod;'",
    "cursor.execute(\"DROP TABLE users\")",
    "db.query('DELETE FROM users')",
    "mongosh --eval 'db.dropDatabase()'",
    "db.users.deleteMany({})",
    "redis-cli FLUSHALL",
    "dropdb prod",
    "rails db:drop",
    "npx prisma migrate reset",
    "mysql> DROP TABLE users;",
    "shop=# DROP TABLE users;",
    "```sql\nDROP TABLE users;\n```",
];

#[test]
fn destructive_commands_are_flagged() {
    check(true, DESTRUCTIVE);
}

const HARMLESS: &[&str] = &[
    "DROP TABLE 命令会删除整张表，请谨慎使用。",
    "DROP TABLE 命令会删除整张表,请谨慎使用。",
    "DELETE o FROM orders o JOIN stale s ON s.id = o.id;",
    "DELETE o FROM orders o WHERE o.id = 7;",
    "redis-cli --tls get flushall",
    "execute the query, 'DROP TABLE t', only after the review",
    "drop tablespace including its files",
    "redis.flushall is a method",
    "ALTER TABLE users DROP CONSTRAINT users_email_key;",
    "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;",
    "EXECUTE 'SELECT 1';",
    "WITH x AS (SELECT 1) DELETE FROM users WHERE id IN (SELECT id FROM x WHERE id > 3);",
    "redis-cli get flushall",
    "redis-cli -n 2 get flushall",
    "FLUSHALL removes every key",
    "df.drop()",
    "{\"title\": \"DROP TABLE users\"}",
    "curl -XDELETE localhost:9200/logs-1",
    "text(\"DELETE FROM the cart\")",
    "DELETE FROM users WHERE id = 7;",
    "DELETE FROM users WHERE id IN (SELECT 1 FROM x WHERE 1=1 AND a=2);",
    "DELETE FROM users\nWHERE id = 7;",
    "DELETE FROM users u WHERE u.id = 7",
    "SELECT 'DROP TABLE users' AS tip;",
    "SELECT \"DROP TABLE x\";",
    "-- DROP TABLE users;",
    "/* DROP TABLE users; */ SELECT 1;",
    "SELECT * FROM users WHERE note = 'x; DROP TABLE users;'",
    "INSERT INTO log VALUES ('DELETE FROM users');",
    "Never run DROP TABLE users in production.",
    "DROP TABLE is a statement.",
    "Delete from the list what you do not need.",
    "Drop table reservations by noon, please.",
    "Update users set the tone for everyone.",
    "echo 'DROP TABLE users;'",
    "grep -rn 'DROP TABLE' migrations",
    "CREATE TABLE t (a int REFERENCES b ON DELETE CASCADE);",
    "GRANT SELECT, DELETE ON users TO app;",
    "UPDATE users SET a = 1 WHERE id = 2;",
    "ALTER TABLE users ADD COLUMN x int;",
    "DROP INDEX idx_users;",
    "DROP TABLE #scratch;",
    "psql -c 'SELECT 1'",
];

#[test]
fn what_destroys_nothing_is_left_alone() {
    check(false, HARMLESS);
}

#[test]
fn each_statement_is_judged_once() {
    let many = "EXEC 'a'\n".repeat(8) + "EXEC('DROP TABLE t')";
    assert_eq!(found(&many), ["sql-drop"]);
    let with = "WITH a AS (SELECT 1) DELETE FROM t".to_owned() + &" ) DELETE FROM u".repeat(8);
    assert_eq!(found(&with), ["sql-delete-all"]);
}

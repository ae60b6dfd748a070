//! Secrets that are assigned, and other values that are left alone.

use super::{super::super::testing, *};

fn check(marked: &str) {
    testing::check(&Assignment::new(), marked);
}

#[test]
fn programs_are_looked_for_under_their_names() {
    let mut names: Vec<_> = command_line::PROGRAMS
        .iter()
        .map(|program| program.name)
        .collect();
    names.dedup();
    assert_eq!(names, command_line::NAMES);
}

#[test]
fn literals_are_flagged() {
    check("⟦password = \"k7Qz-91xWv⟧\"");
    check("DB_⟦PASSWORD=k7Qz91xWv2Lp0sYd⟧ ./run");
    check("Ihr ⟦Passwort lautet: k7Qz91xWv2Lp⟧");
    check("La ⟦password è k7Qz91xWv2Lp⟧");
    check("aws configure set aws_⟦secret_access_key 7xKz9QmW2vRt4LpN8sYd7xKz9QmW2vRt4LpN8sYd⟧");
    check("⟦Hasło: k7Qz91xWv2Lp⟧ ⟦Şifre: k7Qz91xWv2Lp⟧ ⟦סיסמה: k7Qz91xWv2Lp⟧");
    check("\"api_⟦secret\": \"9a038989604e8da62ecddbe2094b16ce⟧\"");
    check("x-⟦api-key: 7xKz9QmW2vRt4LpN8sYd⟧\n");
    check("⟦API_KEY='7xKz9QmW2vRt4LpN8sYd⟧'");
    check("client_⟦secret := \"7xKz9QmW2vRt4LpN8sYd⟧\"");
    check("env['⟦TOKEN'] = '7xKz9QmW2vRt4LpN8sYd⟧'");
    check("{\\\"⟦token\\\": \\\"7xKz9QmW2vRt4LpN8sYd⟧\\\"}");
    check("⟦secret_key => '7xKz9QmW2vRt4LpN8sYd⟧'");
    check("aws_⟦secret_access_key = kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1⟧");
    check("?access_⟦token=7xKz9QmW2vRt4LpN8sYd⟧&x=1");
    check("⟦Authorization: Bearer 7xKz9QmW2vRt4LpN8sYd⟧");
    check("'⟦Authorization': 'Basic dXNlcjpTM2NyM3RQYTU1IQ==⟧'");
    check("sends ⟦Bearer 7xKz9QmW2vRt4LpN8sYd⟧ each time");
    check("⟦passwd: Tr0ub4dor⟧&3");
    check("ansible_become_⟦pass: k7Qz91xWv2⟧");
    check("Your ⟦password is k7Qz91xWv2⟧.");
    check("das ⟦Passwort: k7Qz91xWv2⟧, ⟦密码: k7Qz91xWv2⟧");
    check("<db⟦Password>k7Qz91xWv2⟧</dbPassword>");
    check("<add key=\"⟦ApiKey\" value=\"7xKz9QmW2vRt4LpN8sYd⟧\"/>");
    check("- name: DB_⟦PASSWORD\n  value: k7Qz91xWv2⟧");
    check("tool --db-⟦password k7Qz91xWv2⟧ --go");
    check("machine h login ann ⟦password k7Qz91xWv2⟧");
    check("CREATE USER ann ⟦IDENTIFIED BY 'k7Qz91xWv2⟧'");
    check("ALTER USER ann WITH ⟦PASSWORD 'k7Qz91xWv2⟧'");
    check("ENV DB_⟦PASSWORD k7Qz91xWv2⟧");
    check("builder.⟦password(\"k7Qz91xWv2⟧\"), x.set⟦Password(\"k7Qz91xWv2⟧\")");
    check("let ⟦token = String::from(\"7xKz9QmW2vRt4LpN8sYd⟧\");");
    check("define('DB_⟦PASSWORD', 'k7Qz91xWv2⟧');");
    check("⟦mysql -u root -pk7Qz91xWvR⟧ shop");
    check("⟦sshpass -pk7Qz91xWvR⟧ ssh ann@h");
    check("⟦sshpass -p k7Qz91xWvR⟧ ssh ann@h");
    check("sshpass -p\"$PW\" ssh ann@h");
    check("⟦mysqldump -h db -p'k7Qz91xWvR'⟧");
    check("⟦curl -su x -u admin:k7Qz91xWvR⟧ https://x.io");
    check("⟦docker login -u ann -p k7Qz91xWvR⟧");
    check("{\"cmd\":\"⟦redis-cli -a k7Qz91xWvR⟧ ping\"}");
    check("\"⟦auth\": \"YW5uOms3UXotOTF4V3Y=⟧\", //r.io/:⟦_auth=YW5uOms3UXotOTF4V3Y=⟧");
    check("I set the ⟦password to k7Qz-91xWv!⟧ and it works");
    check("| DB ⟦password | `k7Qz91xWv2⟧` |\n| user | ann |");
    check("  | api_⟦token | 7xKz9QmW2vRt4LpN8sYd⟧ | prod |");
    check("variable \"db_⟦password\" {\n  type = string\n  default = \"k7Qz91xWv2⟧\"\n}");
    check("| ⟦password | k7Qz-91xWv⟧ |");
    check("Reset the ⟦password to Admin@2024x⟧ please");
    check(
        "variable \"db_⟦password\" {\n  default = \"/R+QOwpvnBmilmTCRTWVFt9Dw4HsPTO1vtPlDYb2DV8t=⟧\"\n}",
    );
    check("The ⟦password has been changed to k7Qz-91xWv!⟧");
    check("The ⟦password was reset to k7Qz-91xWv⟧.");
    check("\"⟦auth\" : \"YW5uOms3UXotOTF4V3Y=⟧\"");
    check("auths:\n  r.io:\n    ⟦auth: YW5uOms3UXotOTF4V3Y=⟧\n");
    check(
        "variable \"db_⟦password\"{\n  description = \"The default password\"\n  default = \"k7Qz91xWv2⟧\"\n}",
    );
    check("⟦signing_key = /R+QOwpvnBmilmTCRTWVFt9Dw4HsPTO1vtPlDYb2DV8t=⟧");
}

#[test]
fn other_values_are_left_alone() {
    for text in [
        "mysql -u root -p shop",
        "\"auth\": \"YW5uOnBhc3N3b3Jk\"",
        "\"auth\": \"eyJhIjogMTIzNDU2N30=\"",
        "basic_auth=YW5uOiR7UEFTU314MQ==",
        "use_auth=YW5uMTIzNDU2",
        "Add the password to Server2019-x",
        "Set the token to Lambda2-Fn",
        "| password | your-password-1A |",
        "| password | Argon2id |",
        "The password has been changed to Argon2id.",
        "The password was moved to k7Qz-91xWv",
        "auth: bearer",
        "auth: dXNlcjpwYXNz",
        "the oauth: YW5uOms3UXotOTF4V3Y=",
        "variable \"db_password\" {\n  description = \"no default = k7Qz91xWv2 is set\"\n}",
        "| token | GPT-4o-mini |",
        "| token | Qwen2.5-72B |",
        "| token | src/auth/token_v2.rs |",
        "| Token | 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48 |",
        "token: 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
        "| Secret | `app-db-secret-v1` |",
        "variable \"image_pull_secret\" {\n  default = \"regcred-eu1\"\n}",
        "variable \"db_password\" {\n  default = \"projects/p1/secrets/db1\"\n}",
        "I changed the password to Argon2id.",
        "I changed the password to NIST-800-63B.",
        "Update the password to PBKDF2-SHA256 in the form",
        "\"auth\": \"aHR0cHM6Ly9sb2dpbi5jb3JwLmlvL29hdXRoMi92Mg==\"",
        "\"auth\": \"dXJuOmlldGY6cGFyYW1zOm9hdXRo\"",
        "| password | A4-Size-X1 is the rest of it",
        "cat password | k7Qz91xWv2Lp |",
        "variable \"db_password\" {\n  type = string\n}\nvariable \"x\" {\n  default = \"k7Qz91xWv2\"\n}",
        "def f(self, private_key: ed25519.Ed25519PrivateKey, x):",
        "mysql -u root -p$PASS",
        "mysql -u root -ppassword",
        "curl -u user:pass https://x.io",
        "curl -u \"$USER:$PASS\" https://x.io",
        "docker login -u ann --password-stdin",
        "docker run -p 8080:80 k7Qz91xWvR",
        "libcurl -u a:k7Qz91xWvR",
        "password = os.environ[\"DB_PASSWORD\"]",
        "password=${pass}",
        "define('DB_PASSWORD', getenv('DB_PASSWORD_1'))",
        "print('password', 'k7Qz91xWv2')",
        "password=$PASS",
        "password = getenv('DB_PASSWORD_1')",
        "token = process.env.TOKEN_V2_MAIN",
        "secret: {{ vault.secret_v2_main }}",
        "api_key = config.api_key_v2_main",
        "MantleAPI_version=9a038989604e8da62ecddbe2094b16ce1b778be1",
        "password_hash = \"9a038989604e8da62ecddbe2094b16ce\"",
        "password: \"$2b$12$KIXQJ8v1Qm3Zr7XtVn5LmP\"",
        "token_count = 123456789012",
        "max_tokens: 4096",
        "password: changeme123",
        "password = \"your-password-1\"",
        "password=xxxxxxxx",
        "password: ********",
        "api_key=\"<YOUR_API_KEY_1>\"",
        "Password: must have 8 characters",
        "the secret: patience",
        "token: string",
        "password = user_password",
        "password = \"password\"",
        "password == other1Value2",
        "secret::Module1",
        "tokens = tokenize(line1)",
        "secretary: Jane1234",
        "token_url = 'https://a.b/c1'",
        "password = input(\"Password1: \")",
        "token = self.next_token_v2",
        "secret: projects/x",
        "password=None",
        "bypass = k7Qz91xWv2",
        "config.get_password(\"Prod-db-1\")",
        "authorization: policy-v2",
        "passed: 3 of 12 checks, 9 left",
        "the password k7Qz91xWv2 was",
        "<password>${secret1}</password>",
        "--password \"$PW1\"",
        "--password-file /run/secrets/db_1",
        "your password is required by 2024",
        "- name: PASSWORD\n  valueFrom: k7Qz91xWv2",
        "secret=\"\"",
        "SECRET",
        "Authorization: Bearer <token>",
        "Authorization: Bearer $TOKEN",
        "the bearer of news",
        "Authorization: required",
        "password: test1234!",
        "type Token = \"identifier\" | \"keyword\"",
        "secret: sha256:9a038989604e8da62ecddbe2094b16ce",
    ] {
        check(text);
    }
}

#[test]
fn what_only_names_or_pages_is_left_alone() {
    for text in [
        "secret: app-db-secret-v1",
        "secret: \"app-tls-2024-prod\"",
        "existingSecret: postgres-auth-v2",
        "{\"secret\":\"projects/p/secrets/db-pass/versions/3\"}",
        "Authorization: Basic dGltZToxMjozMDo1OQ==",
        "\"nextPageToken\": \"CiAKGjBpNDd2Nmp2Zml2cXRwYjBpOXA\"",
        "?pageToken=CiAKGjBpNDd2Nmp2Zml2cXRwYjBpOXA",
        "continuation-token: 1ueGcxLPRx1TrXYExHnhbYLgveDs2J",
        "{\"token\":\"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v\",\"amount\":\"1\"}",
        "\"auth\": \"dGltZToxMjozMDo1OQ==\"",
    ] {
        check(text);
    }
    check("client_⟦secret: k7qz-91xwv-2lp0⟧");
    check("⟦secret: k7qz-91xwv-2lp0⟧");
    check("homepage_⟦token: 7xKz9QmW2vRt4LpN8sYd⟧");
    check("⟦token = 7xKz9QmW2vRt4LpN8sYd7xKz9QmW2vRt4LpN8sYd120⟧");
    check("\"⟦auth\": \"YW5uOjgzOTIwNDc1⟧\"");
}

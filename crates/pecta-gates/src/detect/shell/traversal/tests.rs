//! Paths that climb, and others like them that are left alone.

use super::{super::Asked, *};
use crate::detect::testing;

fn check(text: &str, expected: &[&str]) {
    let found = testing::found_by(&Asked::new(JUDGE), text);
    let found = found.into_iter().filter_map(|hit| text.get(hit.range));
    let found: Vec<_> = found.collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn climbs_are_flagged() {
    for path in [
        "../../etc/passwd",
        "../secret.txt",
        "a/../../b",
        "/var/www/../../etc/passwd",
        "..\\..\\Windows\\System32\\config\\SAM",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "%2E%2E/%2E%2E/x",
        "..%2f..%2fx",
        "..%5c..%5cx",
        "%252e%252e%252fetc/passwd",
        "%25252e%25252e%25252fx",
        "..%252f..%252fx",
        "..%c0%af..%c0%afetc/passwd",
        "%c0%ae%c0%ae/x",
        "%e0%80%ae%e0%80%ae/x",
        "%u002e%u002e/x",
        "..;/manager/html",
        "/app/..;/manager",
        "....//....//etc/passwd",
        "..././..././x",
        "../../../../boot.ini%00.jpg",
        "file:///../../etc/passwd",
        "https://example.com/../../etc/passwd",
        "https://example.com/static/%2e%2e/admin",
        "C:\\inetpub\\..\\..\\Windows\\win.ini",
        "./../../x",
        "/..",
        "/proc/self/cwd/../../etc/passwd",
        "/proc/self/root/../x",
        "/api/v1/files/..%2F..%2Fadmin",
        "..%0d%0a/../etc/passwd",
    ] {
        check(path, &[path]);
    }
    check("cat ../../../etc/shadow", &["../../../etc/shadow"]);
    check("# see ../../../etc/shadow", &["../../../etc/shadow"]);
    check("GET /get?a=0;b&url=../../app.db", &["../../app.db"]);
    check("# tar czf ../../x.tgz", &["../../x.tgz"]);
    check("* ../../x", &["../../x"]);
    check("// ../../x", &["../../x"]);
    check("read_file(path=\"../../.env\")", &["../../.env"]);
    check("{\"path\":\"../../.env\"}", &["../../.env"]);
    check("../../app.db:ro", &["../../app.db:ro"]);
    check("cd ../../../../etc", &["../../../../etc"]);
    check(
        "require('../../../../etc/passwd')",
        &["../../../../etc/passwd"],
    );
    check(
        "GET /download?file=../../app.db HTTP/1.1",
        &["../../app.db"],
    );
    check("open(\"../../secrets.json\")", &["../../secrets.json"]);
    check("{\"path\": \"../../x\"}", &["../../x"]);
    check("cp ../../x .", &["../../x"]);
    check("cat ../.env", &["../.env"]);
    check("cat ../.netrc", &["../.netrc"]);
    check("cat ../bob/.ssh/id_rsa", &["../bob/.ssh/id_rsa"]);
    check("cp ../wp-config.php .", &["../wp-config.php"]);
    check("cat x >> ../start.sh", &["../start.sh"]);
    check("path: ../../x/key", &["../../x/key"]);
    check("tar -xf ../x.tar", &["../x.tar"]);
    check("python x.py ../x.csv", &["../x.csv"]);
    check("python -c ../x", &["../x"]);
    check("open(\"${dir}/../../etc/passwd\")", &["/../../etc/passwd"]);
    check("file=../../app.db", &["../../app.db"]);
    check("{\"a\":{}}/../../x", &["/../../x"]);
    check("cat \"../../x\" y", &["../../x"]);
    check(
        "open(__dirname + '/../../../etc/passwd')",
        &["/../../../etc/passwd"],
    );
    check("scp host:../../etc/shadow .", &["host:../../etc/shadow"]);
    check(
        "docker cp web:/app/../../etc/shadow .",
        &["web:/app/../../etc/shadow"],
    );
    check("scp file:../../etc/shadow .", &["file:../../etc/shadow"]);
    check("cd ../../../../ && cat etc/passwd", &["../../../../"]);
    check(
        "mount: type=bind,source=../../../../,target=/host",
        &["../../../../"],
    );
    check("volumes:\n  - ../../../..:/host", &["../../../..:/host"]);
    check("git add ../../etc/passwd", &["../../etc/passwd"]);
    check("cat ../../secrets/key:1", &["../../secrets/key:1"]);
    let closed = r#"{"include": [], "file": "../../secrets/key"}"#;
    check(closed, &["../../secrets/key"]);
    let closed = r#"{"references": [{"path": "../a"}], "file": "../../secrets/key"}"#;
    check(closed, &["../../secrets/key"]);
}

#[test]
fn other_dots_are_left_alone() {
    for text in [
        "{\"include\": [\"src\", \"../shared\"]}",
        "../Makefile:12: *** missing separator",
        "// In-sync with ../linux/musl/lfs64.rs except for prlimit",
        "# see ../test/test_version.py for details",
        "    * treated as relative to ../build",
        "<meta http-equiv=\"refresh\" content=\"0;URL=../../core/x.html\">",
        "import { x } from '../utils/foo';",
        "import '../styles.css'",
        "{\"references\":[{\"path\":\"../core\"},{\"path\":\"../utils\"}]}",
        "{\"compilerOptions\":{\"paths\":{\"@/*\":[\"../src/*\"]}}}",
        "<ProjectReference Include=\"..\\Core\\Core.csproj\" />",
        "<Import Project=\"..\\..\\Directory.Build.props\" />",
        "<HintPath>..\\lib\\a.dll</HintPath>",
        "vite build --outDir ../dist",
        "core = { path = \"../core\" }",
        "../src/a.c:10:5: warning: unused variable",
        "export * from \"../../a\";",
        "const a = require('../../lib/a')",
        "const b = await import(\"../b.js\")",
        "jest.mock('../api')",
        "#include \"../foo.h\"",
        "@import '../base.scss';",
        "background: url(../img/a.png)",
        "background: url('../img/a.png')",
        "<img src=\"../a.png\">",
        "<a href='../index.html'>x</a>",
        "[guide](../docs/guide.md)",
        "![x](../../img/x.png)",
        "[x]: ../a.md",
        "require_relative '../lib/x'",
        "\"extends\": \"../../tsconfig.base.json\"",
        "core = { path = \"../core\" }",
        "#[path = \"../x.rs\"]",
        "include_str!(\"../README.md\")",
        "Wait... what?",
        "and so on.../or not",
        "1..10",
        "for i in 0..n",
        "{1..5}",
        "git diff main..feature",
        "git log HEAD~3..HEAD",
        "fn f(...args)",
        "[...list, x]",
        "src/..hidden/file",
        "a..b/c",
        "docs/../README.md",
        "./a/../b",
        "/home/ann/src/../README.md",
        "https://example.com/a/../b",
        "cd ..",
        "cd ../..",
        "cd ../lib && make",
        "cp ../x .",
        "include(\":app\"); project(\":lib\").projectDir = file(\"../lib\")",
        "- import_playbook: ../site.yml",
        "/proc/self/status/../maps",
        "/docs/a/..%2Fb",
        "\"lib\": \"file:../../lib\"",
        "\"@acme/users\": \"workspace:../users\"",
        "\"@acme/users\": \"file:../users\"",
        "\"@acme/users\": \"link:../../users\"",
        "\"dependencies\": {\"users\": \"portal:../../users\"}",
        "users@file:../../users:",
        "volumes:\n  - ../..:/workspace",
        "cd ../../../../ && make etc",
        "cd ../.. && cat etc/app.conf",
        "scp host:docs/../x .",
        ". ../env.sh",
        "diff -u ../old.c new.c",
        "use lib '../lib';",
        "{{< ref \"../posts/x.md\" >}}",
        "- path: ../base",
        "\"paths\": { \"@lib/*\": [\"../lib/*\"] }",
        "ls ../",
        "pushd ../x",
        "cmake ..",
        "../gradlew build",
        "We moved it to ../shared and all is well.",
        "100%/year",
        "%d/%s",
        "50%.. of/x",
        "from .. import x",
        "gcc -I../include -o x x.c",
        "    build: ../web",
        "source = \"../modules/vpc\"",
        "replace example.com/x => ../x",
        "resources:\n- ../base\n",
        "make -C ../lib",
        "pip install -e ../lib",
        "$ npm install ../shared",
        "go test ../...",
        "cargo run --manifest-path ../x/Cargo.toml",
        "Error: Cannot find module '../config'",
        "cd \"$(dirname \"$0\")/..\"",
        "path.join(root, '../dist')",
        "see :doc:`../guide` for more",
        "{{> ../partial}}",
        "File.expand_path('../lib', __dir__)",
        "$:.unshift File.expand_path('../../lib', __FILE__)",
        "require_once __DIR__ . '/../vendor/autoload.php';",
        "require dirname(__FILE__) . '/../config.php';",
        "new Worker('../worker.js', import.meta.url)",
        ". \"$PSScriptRoot\\..\\lib.ps1\"",
        "[submodule \"lib\"]\n\turl = ../lib.git",
        "{\"main\": \"../dist/index.js\"}",
        "{\"$schema\": \"../schema.json\"}",
        "<relativePath>../pom.xml</relativePath>",
        "includeBuild(\"../build-logic\")",
        "-r ../requirements.txt\n-e ../core\n",
        "ln -s ../shared/config.yml config.yml",
        "python3 -u ../tools/gen.py --all",
        "RUN cmake ../.. -DDEBUG=ON",
        "> CC=clang CXX=clang++ cmake ../..",
        "$xlate=\"${dir}../../../perlasm/xlate.pl\"",
        "srcdir=${scriptpath}/../../..",
        "DIRECTORY=\"$HERE\"/../../t",
        "DIRECTORY=$(pwd)/../../../t",
        "<!DOCTYPE fontconfig SYSTEM \"../fonts.dtd\">",
        "DOC_CONF = ../../doc/x.conf\nROOT := ../../..\n",
        "{\"scripts\":{\"pack\": \"node ../../scripts/pack.mjs\"}}",
        "if path.startswith('../'):",
        "M  src/a.rs\n?? ../notes.md\n",
        "Not staged:\n\tmodified:   ../core/src/lib.rs\n",
        "FAIL ../core/src/a.test.ts > adds numbers",
        "Files changed: `src/a.rs`, `../shared/b.rs`.",
        "if path.endswith((\"/.\", \"/..\")):",
        "// any number of /../ segments",
        "sed 's/.*1\\..*/x/'",
        "in [../deps/undici](https://example.com/deps/undici)",
        "lrwxrwxrwx 1 ann ann 14 tsc -> ../typescript/bin/tsc",
        "The images are under `../assets/`.",
        "See [the docs](./docs/index.md), images under `../assets/`.",
    ] {
        check(text, &[]);
    }
}

#[test]
fn directories_that_code_has_too_are_prizes_unless_code_names_them() {
    for text in [
        "import { UsersService } from '../users/users.service';",
        "import Home from '../home';",
        "import users from \"../users\"",
        "const { Var } = require('../../var/parse')",
        "from '../root'",
        "<a href=\"../../users/list.html\">",
        "path.join(__dirname, '../home/index.html')",
        "require_once __DIR__ . '/../var/bootstrap.php';",
        "path.resolve(__dirname, '../../etc/config.json')",
        "templateUrl: '../home/home.component.html',",
        "styleUrls: ['../home/home.component.css'],",
        "eslint --config ../../eslint.config.js src",
        "docker build -f ../Dockerfile ..",
        "\"../users\"",
        "'../lib',",
        "\"../lib\";",
    ] {
        check(text, &[]);
    }
    check("cat ../../home/ann/x", &["../../home/ann/x"]);
    check("{\"path\":\"../users\"}", &["../users"]);
    check("cd ../../root", &["../../root"]);
    check("..\\..\\Users\\ann", &["..\\..\\Users\\ann"]);
    check("\"../app.db\"", &["../app.db"]);
    check("\"../../secrets\"", &["../../secrets"]);
    check("\"../tokens\"", &["../tokens"]);
    check(
        "import x from '../../home/ann/.ssh/id_rsa'",
        &["../../home/ann/.ssh/id_rsa"],
    );
    check("require('../../../../home/ann')", &["../../../../home/ann"]);
    check("require('../../etc/passwd')", &["../../etc/passwd"]);
    check("include('../../etc/app.conf')", &["../../etc/app.conf"]);
    check("href=\"/../../home/ann\"", &["/../../home/ann"]);
    check(
        "open(__dir__ + '/../../etc/shadow')",
        &["/../../etc/shadow"],
    );
    check("docker run -v ../../../..:/host x", &["../../../..:/host"]);
    for (before, path, after) in [
        ("include('", "../../../proc/self/environ", "')"),
        ("include('", "../../../var/log/apache2/access.log", "')"),
        ("require('", "../../../var/run/secrets/x/token", "')"),
        ("<iframe src=\"", "../../../root/.netrc", "\">"),
        ("join(UPLOADS, '", "../../../home/ann/.kube/config", "')"),
        ("GET /?path=", "../../../home/ann/x", " HTTP/1.1"),
        ("{\"include\":\"", "../../../home/ann/x", "\"}"),
        ("read from ", "../../../home/ann/x", ""),
        ("tar -C ", "../../../root", " -cf x ."),
        ("path.join(__dirname, '", "../../../etc/sudoers", "')"),
        ("open('", "../../../etc/app.conf", "'); // __dirname"),
        ("{\"dirname\":\"x\",\"path\":\"", "../../etc/x", "\"}"),
        ("/p?q=0;url=", "../../app.db", ""),
        ("jest ", "../../.env", ""),
        ("# /bin/tar -c -z -f ", "../../app.db", ""),
        ("# exfil -u evil -p key ", "../../app.db", ""),
        ("# ./x a b c ", "../../app.db", ""),
    ] {
        check(&[before, path, after].concat(), &[path]);
    }
}

#[test]
fn files_that_git_lists_are_left_alone() {
    let hint = "  (use \"git add <file>...\" to include in what will be committed)\n";
    check(&format!("Untracked files:\n{hint}\t../docs/\n"), &[]);
    check("Untracked files:\n\t../docs/x\n\t../docs/y\n", &[]);
    check(
        "Untracked files:\n\t../../etc/passwd\n",
        &["../../etc/passwd"],
    );
    check("Untracked files: ../docs/x", &["../docs/x"]);
    check("Files:\n\t../docs/x\n", &["../docs/x"]);
}

//! Has the migrations that are embedded follow their files, of which the compiler is told nothing.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}

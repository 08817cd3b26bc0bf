//! Tells cargo that added migrations and assets change the binary: the embedding macros notice edits only.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=static");
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed=config");
}

//! What scripts rely on: exit codes, and what goes to which stream.

mod healthcheck;
mod streams;
mod tokens;
mod users;

use crate::support::server::program;

#[test]
fn help_is_a_result_and_shows_an_example() {
    for command in
        ["serve", "demo", "migrate", "backup", "restore", "user", "token", "healthcheck", "config"]
    {
        let (code, out, messages) = program(command).arg("--help").finish();
        assert_eq!((code, messages.as_str()), (Some(0), ""), "{command}");
        assert!(
            out.contains(&format!("deal-scout {command}")),
            "{command} shows no example: {out}"
        );
    }
}

#[test]
fn a_wrong_command_exits_with_2_and_says_what_is_meant() {
    let (code, out, messages) = program("servee").finish();
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(messages.contains("'serve'"), "{messages}");
}

#[test]
fn the_version_is_the_one_of_the_manifest() {
    let (code, out, _) = program("--version").finish();
    assert_eq!(code, Some(0));
    assert_eq!(out.trim(), concat!("deal-scout ", env!("CARGO_PKG_VERSION")));
}

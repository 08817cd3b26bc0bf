//! Arguments, command, exit code; no logic.

use std::{process::ExitCode, time::Duration};

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the system gives this process threads");
    let code = runtime.block_on(deal_scout::cli::run());
    // A blocking read that never ends must not keep a finished program alive.
    runtime.shutdown_timeout(Duration::from_secs(2));
    code
}

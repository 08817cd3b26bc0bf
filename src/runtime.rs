//! The runtime that lives as long as the program. Each worker of the server has one of its own, and what was spawned there
//! ends with it: when the program is told to stop, a worker without a request goes at once, while others still answer.
//! So what several requests share, a connection above all, is driven here, and what outlives its request is done here.

use std::future::Future;

use tokio::{
    runtime::Handle,
    task::{JoinError, JoinHandle},
};
use tokio_util::task::AbortOnDropHandle;

/// A way to the main runtime. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MainRuntime(Option<Handle>);

impl MainRuntime {
    /// The one that this is called on.
    pub fn current() -> Self {
        Self(Handle::try_current().ok())
    }

    /// Begins `work` there, or where this is called when it was made outside of any.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        match &self.0 {
            Some(runtime) => runtime.spawn(work),
            None => tokio::spawn(work),
        }
    }

    /// Does `work` there, with whatever it spawns, and waits for it. Whoever waits no longer ends it.
    ///
    /// # Errors
    /// When it panics, or the program ends before it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, JoinError> {
        AbortOnDropHandle::new(self.spawn(work)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_thread() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
    }

    #[test]
    fn what_is_begun_there_goes_on_when_the_runtime_of_who_asked_has_ended() {
        let main = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let way = main.block_on(async { MainRuntime::current() });
        let (go, gone) = tokio::sync::oneshot::channel();
        let worker = one_thread();
        let within = worker.enter();
        let begun = way.spawn(gone);
        drop(within);
        drop(worker);
        go.send("whole").unwrap();
        assert_eq!(main.block_on(begun).unwrap(), Ok("whole"));
    }

    #[test]
    fn without_one_it_is_done_where_it_is_asked_for() {
        let way = MainRuntime::current();
        assert_eq!(one_thread().block_on(way.run(async { 4 })).unwrap(), 4);
    }
}

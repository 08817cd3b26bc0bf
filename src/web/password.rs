//! Passwords: Argon2id, worked out away from the request threads and few at a time.

use std::sync::LazyLock;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::error::{Error, Result};

// Each hash takes about 20 MB and a core for a moment.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What is verified when there is no such person, so that the answer takes as long as for one who exists.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    hash_now(&super::respond::hex(&rand::random::<[u8; 16]>())).unwrap_or_default()
});

/// The hash to store for `password`, which keeps the rule in [`person`](crate::model::person).
pub async fn hash(password: String) -> Result<String> {
    let _turn = AT_ONCE.acquire().await.map_err(Error::internal)?;
    spawn_blocking(move || hash_now(&password)).await.map_err(Error::internal)?
}

/// Whether `password` is the one behind `stored`. Takes as long when nothing is stored.
pub(super) async fn is_right(password: String, stored: Option<String>) -> Result<bool> {
    let _turn = AT_ONCE.acquire().await.map_err(Error::internal)?;
    spawn_blocking(move || {
        // Made on the first sign-in of all, whoever it is: otherwise its making would tell that nobody was found.
        let nobody = NOBODY.as_str();
        let exists = stored.is_some();
        let stored = stored.as_deref().unwrap_or(nobody);
        let matches = PasswordHash::new(stored).is_ok_and(|stored| {
            Argon2::default().verify_password(password.as_bytes(), &stored).is_ok()
        });
        matches && exists
    })
    .await
    .map_err(Error::internal)
}

fn hash_now(password: &str) -> Result<String> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|cause| Error::internal(cause.to_string()))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_right_only_for_its_own_hash() {
        let stored = hash("correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(is_right("correct horse".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!is_right("wrong horse".to_owned(), Some(stored)).await.unwrap());
        assert!(!is_right("anything".to_owned(), None).await.unwrap());
    }
}

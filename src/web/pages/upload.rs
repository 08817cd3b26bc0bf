//! A file on its way in: streamed to the disk, never held in memory, and no larger than is allowed.

use std::path::Path;

use actix_multipart::{Field, Multipart, MultipartError};
use futures_util::TryStreamExt;
use tempfile::NamedTempFile;
use tokio::{fs, io::AsyncWriteExt};

use crate::error::{Error, Result};

/// A file that has arrived. It is removed when this is dropped.
#[derive(Debug)]
pub(in crate::web) struct Upload {
    /// Where it is.
    pub(in crate::web) file: NamedTempFile,
    /// What the sender calls it.
    pub(in crate::web) name: String,
}

/// Takes the first file of a form into `folder`; 413 beyond `limit` bytes.
pub(in crate::web) async fn receive(
    mut form: Multipart,
    folder: &Path,
    limit: u64,
) -> Result<Upload> {
    while let Some(field) = form.try_next().await.map_err(|cause| unreadable(&cause))? {
        let disposition = field.content_disposition();
        let name = disposition.and_then(|disposition| disposition.get_filename());
        if let Some(name) = name.filter(|name| !name.is_empty()).map(base_name) {
            return Ok(Upload { file: save(field, folder, limit).await?, name });
        }
    }
    Err(Error::invalid("file", "Choose a file first."))
}

async fn save(mut field: Field, folder: &Path, limit: u64) -> Result<NamedTempFile> {
    let folder = folder.to_owned();
    fs::create_dir_all(&folder).await.map_err(Error::writing)?;
    let file =
        tokio::task::spawn_blocking(move || NamedTempFile::with_prefix_in("upload-", folder))
            .await
            .map_err(Error::internal)?
            .map_err(Error::writing)?;
    let mut out = fs::File::from_std(file.reopen().map_err(Error::internal)?);
    let mut taken: u64 = 0;
    while let Some(chunk) = field.try_next().await.map_err(|cause| unreadable(&cause))? {
        taken = taken.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        // A browser reads no answer before it has sent all: what is a little too large is read on, and thrown away.
        if taken > limit.saturating_mul(2) {
            break;
        }
        if taken <= limit {
            out.write_all(&chunk).await.map_err(Error::writing)?;
        }
    }
    if taken > limit {
        return Err(Error::TooLarge { limit });
    }
    out.flush().await.map_err(Error::writing)?;
    Ok(file)
}

fn unreadable(cause: &MultipartError) -> Error {
    match cause {
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible => {
            Error::UnsupportedMedia("send the file as a form: multipart/form-data".to_owned())
        }
        _ => Error::BadRequest("the upload broke off, or is no form".to_owned()),
    }
}

/// Some browsers send a whole path.
fn base_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_name() {
        assert_eq!(base_name(r"C:\Users\Ann\sold.csv"), "sold.csv");
        assert_eq!(base_name("../../etc/passwd"), "passwd");
        assert_eq!(base_name("a\r\nb.csv"), "ab.csv");
    }
}

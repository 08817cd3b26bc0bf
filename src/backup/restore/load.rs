//! Feeds the members of an archive to where they belong.

use std::{io::Cursor, pin::pin};

use futures_util::SinkExt;
use tokio_postgres::Client;

use super::{Member, Photos, Reader, Stage, refused};
use crate::{
    backup::manifest::wrong,
    db::tables,
    error::{Error, Result},
};

/// How much is handled at once, in bytes.
pub(super) const BLOCK: usize = 1 << 16;

/// Rows go into their tables, photos to the side. `read` is told how many bytes of the file have been read.
pub(super) async fn all(
    client: &Client,
    reader: &mut Reader,
    mut stage: Stage,
    mut read: impl FnMut(u64),
) -> Result<(Photos, Stage)> {
    let mut block = vec![0; BLOCK];
    while let Some(member) = reader.next()? {
        match member {
            Member::Table(at) => rows(client, reader, at, &mut block, &mut read).await?,
            Member::Photo(path) => {
                let told = |e| {
                    Error::Failed(format!(
                        "photo {path} cannot be stored: {e}; nothing was changed"
                    ))
                };
                let mut photo = stage.begin(&path).map_err(told)?;
                loop {
                    let count = reader.read(&mut block)?;
                    if count == 0 {
                        break;
                    }
                    photo.bytes(&block[..count]).map_err(told)?;
                    read(reader.position());
                    tokio::task::yield_now().await;
                }
                photo.end().map_err(told)?;
            }
            Member::Sums => while reader.read(&mut block)? > 0 {},
        }
    }
    Ok((reader.photos(), stage))
}

async fn rows(
    client: &Client,
    reader: &mut Reader,
    at: usize,
    block: &mut [u8],
    read: &mut impl FnMut(u64),
) -> Result<()> {
    let entry = reader.manifest().tables[at].clone();
    let told = |e: tokio_postgres::Error| refused(&format!("table {}", entry.name), &e);
    let statement = tables::copy_in(&entry.name, &entry.columns);
    let mut sink = pin!(client.copy_in(statement.as_str()).await.map_err(told)?);
    loop {
        let count = reader.read(block)?;
        if count == 0 {
            break;
        }
        sink.send(Cursor::new(block[..count].to_vec())).await.map_err(told)?;
        read(reader.position());
    }
    let stored = sink.finish().await.map_err(told)?;
    if stored == entry.rows {
        Ok(())
    } else {
        Err(wrong(&format!("table {} came to {stored} rows, not {}", entry.name, entry.rows)))
    }
}

//! Photos: pictures of things for sale.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{id, text, whole},
};
use crate::{
    db::{
        self,
        owned::Owned,
        photos::{Filter, Photo, PhotoFields},
    },
    error::{Error, Result},
    model::id::{MyItemId, PhotoId, SnapJobId, UserId},
    photos::{self as store, Photos as Store},
};

/// The noun.
#[derive(Debug)]
pub struct Photos;

/// A picture of a thing for sale. Its file is at `/api/v1/photos/{id}/file`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Photo")]
pub struct View {
    id: PhotoId,
    /// The item that it shows.
    my_item_id: Option<MyItemId>,
    /// The snap job that it was taken for.
    snap_job_id: Option<SnapJobId>,
    /// Its place among the others, lowest first.
    position: i32,
    caption: String,
    /// SHA-256 of the file, in hex.
    digest: String,
    media_type: String,
    /// In pixels.
    width: i32,
    /// In pixels.
    height: i32,
    /// The size of the file.
    bytes: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Photo> for View {
    fn from(row: Photo) -> Self {
        Self {
            id: row.id,
            my_item_id: row.my_item_id,
            snap_job_id: row.snap_job_id,
            position: row.position,
            caption: row.caption,
            digest: row.digest,
            media_type: row.media_type,
            width: row.width,
            height: row.height,
            bytes: row.bytes,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for Photos {
    const ONE: &'static str = "photo";
    const MANY: &'static str = "photos";
    const ABOUT: &'static str = "Pictures of things for sale, made by uploading them.";
    const TABLES: &'static [&'static str] = &["photos"];
    const IS_UPLOADED: bool = true;

    type Row = Photo;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> PhotoFields {
        PhotoFields {
            my_item_id: fields.nullable("my_item_id", id()),
            snap_job_id: fields.nullable("snap_job_id", id()),
            position: fields.may("position", whole(0..=1000)),
            caption: fields.may("caption", text(0..=500)),
            ..PhotoFields::default()
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            my_item_id: params.take("my_item_id", id()),
            snap_job_id: params.take("snap_job_id", id()),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: Photo) -> Result<View> {
        Ok(row.into())
    }
}

/// What is said of a picture that is uploaded: the same as can be changed later, in an address's shorter texts.
pub fn of_upload(params: &mut Params) -> PhotoFields {
    PhotoFields {
        my_item_id: params.take("my_item_id", id()).map(Some),
        snap_job_id: params.take("snap_job_id", id()).map(Some),
        position: params.take("position", whole(0..=1000)),
        caption: params.take("caption", text(0..=200)),
        ..PhotoFields::default()
    }
}

/// Stores a picture: first the row, which tells whether what it refers to is there, then the file, then the caller
/// commits. A file whose row never came is swept later.
pub async fn add(
    conn: &mut AsyncPgConnection,
    user: UserId,
    files: Store,
    picture: store::Photo,
    about: PhotoFields,
) -> Result<Photo> {
    let size = |pixels: u32| i32::try_from(pixels).map_err(Error::internal);
    let fields = PhotoFields {
        digest: Some(picture.digest.clone()),
        media_type: Some(store::Photo::MEDIA_TYPE.to_owned()),
        width: Some(size(picture.width)?),
        height: Some(size(picture.height)?),
        bytes: Some(i64::try_from(picture.jpeg.len()).map_err(Error::internal)?),
        ..about
    };
    db::photos::hold_file(conn, &picture.digest).await?;
    let row = Photo::insert(conn, user, &fields).await?;
    let put = tokio::task::spawn_blocking(move || files.put(&picture)).await;
    put.map_err(Error::internal)?.map_err(Error::writing)?;
    Ok(row)
}

/// Removes those of these files that no row needs, and tells how many. Call it in a transaction of its own, after that
/// of the rows.
pub async fn forget(
    conn: &mut AsyncPgConnection,
    files: Store,
    mut digests: Vec<String>,
) -> Result<usize> {
    // In order, so that nobody waits crosswise.
    digests.sort_unstable();
    for digest in &digests {
        db::photos::hold_file(conn, digest).await?;
    }
    let unneeded = db::photos::unneeded(conn, &digests).await?;
    let count = unneeded.len();
    let remove = move || unneeded.iter().try_for_each(|digest| files.remove(digest));
    let removed = tokio::task::spawn_blocking(remove).await.map_err(Error::internal)?;
    removed.map_err(Error::internal)?;
    Ok(count)
}

//! A schema that is built beside the live one, to see what should be there.

use tokio_postgres::{Client, Error};

use super::{Column, Shape, read};
use crate::db::{migrations::Migration, tables::quoted};

/// Where a transaction has another schema built, beside the live one. Nobody else ever sees it: it goes before the
/// transaction ends, and with it when that is broken off.
const BESIDE: &str = "deal_scout_beside";

/// The live schema, as the transaction found it.
#[derive(Debug, Clone)]
pub struct Live {
    schema: String,
    helpers: Vec<String>,
}

impl Live {
    /// The schema that tables are made in by default, and those of the extensions, whose operators indexes name.
    pub async fn find(client: &Client) -> Result<Self, Error> {
        let schema = client.query_one("SELECT current_schema()::text", &[]).await?.get(0);
        let helpers = client
            .query(
                "SELECT DISTINCT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace \
                 WHERE n.nspname <> 'pg_catalog' ORDER BY 1",
                &[],
            )
            .await?;
        Ok(Self { schema, helpers: helpers.iter().map(|row| row.get(0)).collect() })
    }

    /// Has every name mean the live schema's.
    pub async fn enter(&self, client: &Client) -> Result<(), Error> {
        self.look_in(client, &self.schema).await
    }

    async fn look_in(&self, client: &Client, schema: &str) -> Result<(), Error> {
        let path: Vec<String> = std::iter::once(schema)
            .chain(self.helpers.iter().map(String::as_str))
            .map(quoted)
            .collect();
        client.batch_execute(&format!("SET LOCAL search_path TO {}", path.join(", "))).await
    }

    /// Builds what these migrations make beside the live schema and reads its shape. Extensions that they bring come to
    /// stay in the live schema; their names are returned, too.
    pub async fn build_beside(
        &mut self,
        client: &Client,
        migrations: impl Iterator<Item = &Migration>,
    ) -> Result<(Shape, Vec<String>), Error> {
        client.batch_execute(&format!("CREATE SCHEMA {BESIDE}")).await?;
        self.look_in(client, BESIDE).await?;
        for migration in migrations {
            client.batch_execute(&migration.up).await?;
        }
        let brought = client
            .query(
                "SELECT extname::text FROM pg_extension WHERE extnamespace = $1::text::regnamespace ORDER BY 1",
                &[&BESIDE],
            )
            .await?;
        let brought: Vec<String> = brought.iter().map(|row| row.get(0)).collect();
        for extension in &brought {
            let (extension, schema) = (quoted(extension), quoted(&self.schema));
            client
                .batch_execute(&format!("ALTER EXTENSION {extension} SET SCHEMA {schema}"))
                .await?;
        }
        if !brought.is_empty() && !self.helpers.contains(&self.schema) {
            self.helpers.push(self.schema.clone());
        }
        self.look_in(client, BESIDE).await?;
        Ok((read(client).await?, brought))
    }

    /// Takes away what was built.
    pub async fn clear(&self, client: &Client) -> Result<(), Error> {
        client
            .batch_execute(&format!(
                "SET LOCAL client_min_messages = 'warning'; DROP SCHEMA {BESIDE} CASCADE"
            ))
            .await
    }
}

/// The statement that gives a table of the live schema the rows which the migrations put into it.
pub(super) fn copy_rows(table: &str, columns: &[Column]) -> String {
    let own: Vec<String> = columns
        .iter()
        .filter(|column| !column.generated)
        .map(|column| quoted(&column.name))
        .collect();
    let (table, own) = (quoted(table), own.join(", "));
    format!(
        "INSERT INTO {table} ({own}) OVERRIDING SYSTEM VALUE SELECT {own} FROM {BESIDE}.{table}"
    )
}

//! One layer of values with their origins, and how layers are laid over one another.

use std::{collections::BTreeMap, path::PathBuf};

use config::{Config, ConfigError, Map, Source, Value, ValueKind};

use super::keys::KEYS;

/// What the command line sets.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub(super) file: Option<PathBuf>,
    values: Layer,
}

impl Overrides {
    /// Nothing but the settings file that was named, if any.
    pub fn new(file: Option<PathBuf>) -> Self {
        Self { file, values: Layer::default() }
    }

    /// Sets `key` to `value`; `flag` is what the user typed, for messages.
    #[must_use]
    pub fn set(mut self, key: &str, value: &str, flag: &str) -> Self {
        self.values.put(key, value, flag);
        self
    }

    /// Sets `key` when there is a value.
    #[must_use]
    pub fn set_some(self, key: &str, value: Option<String>, flag: &str) -> Self {
        match value {
            Some(value) => self.set(key, &value, flag),
            None => self,
        }
    }

    pub(super) fn layer(&self) -> Layer {
        self.values.clone()
    }
}

/// Dotted keys with their values, as one source for the `config` crate.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer(Map<String, Value>);

impl Layer {
    pub(super) fn put(&mut self, key: &str, value: impl Into<ValueKind>, origin: &str) {
        self.0.insert(key.to_owned(), Value::new(Some(&origin.to_owned()), value));
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

/// The text of one key, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) origin: String,
}

/// Lays the layers over one another, first at the bottom. Every key has a value, if an empty one.
pub(super) fn merge(layers: [Layer; 4]) -> BTreeMap<&'static str, Given> {
    let mut builder = Config::builder();
    for layer in layers {
        builder = builder.add_source(layer);
    }
    let merged = builder.build().expect("layers are in memory, so reading them cannot fail");
    KEYS.iter().map(|key| (key.name, given(&merged, key.name))).collect()
}

fn given(merged: &Config, name: &str) -> Given {
    let value = name.split('.').try_fold(merged.cache.clone(), |value, part| match value.kind {
        ValueKind::Table(mut table) => table.remove(part),
        _ => None,
    });
    let value = value.unwrap_or_default();
    let origin = value.origin().unwrap_or("default").to_owned();
    let text = if value.kind == ValueKind::Nil { String::new() } else { value.kind.to_string() };
    Given { text: text.trim().to_owned(), origin }
}

//! Redis through bb8-redis, or the same few operations in process. An error is a miss: losing Redis costs speed only.

/// The cache.
#[derive(Debug)]
pub struct Cache;

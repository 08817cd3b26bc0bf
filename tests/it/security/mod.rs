//! What strangers must not be able to do, held against every address that there is.

mod doors;
mod files;
mod forms;
mod headers;
mod logs;
mod planted;
mod raw;
mod routes;
mod scene;
mod secrets;
mod timing;

//! What the program tells Prometheus: whether it is there, complete and discreet, and whether what others build on it fits.

mod access;
mod names;
mod queues;
mod told;

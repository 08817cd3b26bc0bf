//! Logging: slog to standard error, with the `log` and `tracing` records of libraries brought in.

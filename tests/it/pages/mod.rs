//! What people see, over the real program and the real database.

mod assets;
mod deals;
mod gate;
mod imports;
mod people;

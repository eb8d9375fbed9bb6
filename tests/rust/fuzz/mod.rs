//! Random and altered inputs for every entrance: nothing panics, hangs or is an internal error, and what is accepted obeys
//! laws. `make fuzz` tries many, `make test` a few.

mod c_interface;
mod documents;
mod json;
mod random;
mod tzif;

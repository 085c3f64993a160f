//! The server through its real router and its real listener. Every answer that the helpers of `common` get is held
//! against the headers that each must have and against the OpenAPI document.

mod common;

mod access;
mod acts;
mod authzen;
mod authzen_wire;
mod echo;
mod hostile;
mod limits;
mod observed;
mod openapi;
mod pages;
mod people;
mod problems;
mod running;
mod wire;

//! An example service: a small hosting company that keeps no personal data of its own.

//! The policy language: syntax, names, rules, checks, and the compiler to a decision table.

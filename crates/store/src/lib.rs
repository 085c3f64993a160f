//! Connections, transactions and migrations: one SQL text, every write through one closure.

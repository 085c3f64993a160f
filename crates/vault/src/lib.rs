//! People, records, values and the keys that make them readable or not.

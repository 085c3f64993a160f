//! What the tests share: a clock that can be set, a service with people in it.

//! What is printed of acts and answers.

/// `{:?}` of an act names what it is and never whom or which values it is about: it may end in a log line.
macro_rules! quiet {
    ($($type:ident: $($field:ident),*;)*) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    )*};
}

pub(crate) use quiet;

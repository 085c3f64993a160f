//! The verbs and the duties: what collect, use, share, choose, request, keep and attest do.

//! Text with places: Markdown to clauses, spans, and the one diagnostic type with its printers.

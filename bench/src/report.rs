//! Tables in Markdown, as they stand in `docs/performance.md`.

/// A table: a head, and rows under it.
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|cell| (*cell).to_owned()).collect(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub fn print(&self) {
        let line = |cells: &[String]| println!("| {} |", cells.join(" | "));
        println!();
        line(&self.head);
        println!("|---|{}", "---:|".repeat(self.head.len().saturating_sub(1)));
        self.rows.iter().for_each(|cells| line(cells));
        println!();
    }
}

/// Nanoseconds as people write them.
pub fn nanos(value: f64) -> String {
    match value {
        0.0..100.0 => format!("{value:.1} ns"),
        100.0..1e4 => format!("{value:.0} ns"),
        1e4..1e5 => format!("{:.1} µs", value / 1e3),
        1e5..1e7 => format!("{:.0} µs", value / 1e3),
        _ => format!("{:.1} ms", value / 1e6),
    }
}

/// Nanoseconds as microseconds.
pub fn micros(value: f64) -> String {
    match value {
        0.0..1e4 => format!("{:.1} µs", value / 1e3),
        1e4..1e7 => format!("{} µs", thousands(value / 1e3)),
        _ => format!("{:.1} ms", value / 1e6),
    }
}

/// How many times.
pub fn times(value: f64) -> String {
    match value {
        0.0..10.0 => format!("{value:.2} ×"),
        10.0..100.0 => format!("{value:.1} ×"),
        _ => format!("{} ×", thousands(value)),
    }
}

/// A whole number with its thousands apart.
pub fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

//! On what it was measured.

use std::fs::read_to_string;

/// Prints the machine and what else runs on it: figures without it say little.
pub fn print() {
    let cpu = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("\t: unknown");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap_or("unknown").trim();
    let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    println!("{} × {}, memory {memory}, Linux {}", cores, model.trim_start_matches(['\t', ' ', ':']), kernel.trim());
    println!("load average at the start: {}", load.split(' ').take(3).collect::<Vec<_>>().join(", "));
    println!("temporary files in {}, SQLite {}", std::env::temp_dir().display(), rusqlite::version());
}

//! Readers who go away in the middle: `upheld evidence show | head -1`.

/// Whoever reads what this program prints may stop reading. Then there is nobody left to tell anything: the program ends at
/// once and quietly, as one that did not run to its end, instead of with the report of a crash.
pub(crate) fn mind_readers() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Printing is the only thing here that panics when it cannot go on.
        let message = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        let gone = if cfg!(windows) { ["(os error 232)", "(os error 109)"] } else { ["(os error 32)"; 2] };
        if message.starts_with("failed printing to std") && gone.iter().any(|code| message.ends_with(code)) {
            std::process::exit(2);
        }
        usual(panic);
    }));
}

//! The `upheld` command.
//!
//! `main` reads flags, runs one command of [`commands`] and turns its outcome into an exit code. Commands print; the
//! crates below never do.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line prints")]

mod commands;
mod config;
mod demo;
mod pipe;
mod policy_file;
mod weblog;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs a privacy policy: what is written is what runs.
#[derive(Parser)]
#[command(name = "upheld", version, max_term_width = 100, after_help = EXIT_CODES, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 all is well · 1 errors, findings or a refusal · 2 the command could not run";

#[derive(Subcommand)]
enum Command {
    /// Begin a policy in a folder of its own, from a model or from a minimal one
    New(commands::new::Args),
    /// Check a policy: syntax, names, conflicts, clauses without a rule
    Check(commands::check::Args),
    /// Lay out the rules and scenarios of a policy
    Fmt(commands::fmt::Args),
    /// Explain a code that `check` prints
    Explain(commands::explain::Args),
    /// Run the scenarios of a policy on the real engine, in memory
    Test(commands::test::Args),
    /// Show how each requirement of a list is kept, by taking its rule out
    Trace(commands::trace::Args),
    /// Say what changes from one policy to another: permissions, promises, duties, exactly
    Diff(commands::diff::Args),
    /// Read prose and rules together, and note who accepted them
    Review(commands::review::Args),
    /// Write the file with which a code host checks every change of the policy
    Ci(commands::ci::Args),
    /// Show how far each clause reaches: written, tested, wired, enforced
    Status(commands::status::Args),
    /// Prove what a policy never permits, or show a smallest question that it does
    Prove(commands::prove::Args),
    /// Write the public text of a policy, with its lists and without its rules
    Publish(commands::publish::Args),
    /// Answer questions from a policy's rules alone
    Decide(commands::decide::Args),
    /// Put a policy into force in a store
    Activate(commands::activate::Args),
    /// List the versions of the policy that a store holds
    Versions(commands::versions::Args),
    /// Serve the HTTP API and the published policy
    Serve(commands::serve::Args),
    /// Take the log of a web server in, as far as the policy declares
    Collect(commands::collect::Args),
    /// Release a declared report, and draw it
    Report(commands::report::Args),
    Compare(commands::compare::Args),
    /// Look at the configuration
    Config(commands::config::Args),
    /// Add, list and revoke access keys
    Access(commands::access::Args),
    /// Read and verify the evidence log
    Evidence(commands::evidence::Args),
    /// Watch a small company live one day under its policy
    Demo(demo::DemoArgs),
    /// Print a completion script for a shell
    Completions(commands::completions::Args),
    /// Print or write the manual pages
    Man(commands::man::Args),
}

fn main() -> ExitCode {
    pipe::mind_readers();
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::New(args) => commands::new::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Fmt(args) => commands::fmt::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Test(args) => commands::test::run(&args),
        Command::Trace(args) => commands::trace::run(&args),
        Command::Diff(args) => commands::diff::run(&args),
        Command::Review(args) => commands::review::run(&args),
        Command::Ci(args) => commands::ci::run(&args),
        Command::Status(args) => commands::status::run(&args),
        Command::Prove(args) => commands::prove::run(&args),
        Command::Publish(args) => commands::publish::run(&args),
        Command::Decide(args) => commands::decide::run(&args),
        Command::Activate(args) => commands::activate::run(&args),
        Command::Versions(args) => commands::versions::run(&args),
        Command::Serve(args) => commands::serve::run(&args),
        Command::Collect(args) => commands::collect::run(&args),
        Command::Compare(args) => commands::compare::run(&args),
        Command::Report(args) => commands::report::run(&args),
        Command::Config(args) => commands::config::run(&args),
        Command::Access(args) => commands::access::run(&args),
        Command::Evidence(args) => commands::evidence::run(&args),
        Command::Demo(args) => demo::run(args),
        Command::Completions(args) => commands::completions::run(&args),
        Command::Man(args) => commands::man::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}

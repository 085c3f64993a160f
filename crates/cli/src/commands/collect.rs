//! `upheld collect`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sha2::{Digest, Sha256};
use upheld_decide::{Compiled, PointKind};
use upheld_service::{AccessKind, Caller, Lines, LinesTaken, Service, Verb};

use crate::config::StoreArgs;
use crate::policy_file::count;
use crate::weblog::line::{self, Bad};
use crate::weblog::names::Names;
use crate::weblog::source;

/// Take the log of a web server in: of each line what the policy declares at the point, and nothing else.
///
/// Reads the Common and the Combined Log Format and JSON objects, one a line, plain or compressed with gzip. A log that
/// grew is read on from where it was left, under whatever name and compressed or not; no line goes in twice.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The log; `-` is standard input
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// The collection point at which the policy takes visits in
    #[arg(long, value_name = "POINT")]
    point: String,
    /// The host whose log it is, where the point declares places; left out: the first that the policy covers
    #[arg(long, value_name = "HOST")]
    r#in: Option<String>,
    /// The program of the policy that takes it in; left out: one that works on what the point is for
    #[arg(long = "as", value_name = "PROGRAM")]
    acts_as: Option<String>,
    /// Ask the system's resolver for the host names of addresses: each address leaves this machine in the question
    #[arg(long)]
    resolve: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Human,
    /// For machines.
    Json,
}

/// How many lines go in together.
const TOGETHER: usize = 2_000;

/// So many bad lines are shown by their number.
const SHOWN: usize = 10;

/// What came of a log.
#[derive(Default, Serialize)]
struct Report {
    log: String,
    /// Lines that had been taken in before.
    before: u64,
    /// Lines read now.
    lines: u64,
    #[serde(flatten)]
    taken: LinesTaken,
    /// Paths left out because they seem to hold a mail address.
    mail_in_path: u64,
    /// Queries cut off paths.
    queries_cut: u64,
    /// Bad lines by reason.
    bad: BTreeMap<&'static str, u64>,
    /// Numbers of the first bad lines, with the reason.
    first_bad: Vec<(u64, &'static str)>,
    /// Index of the last entry in the log of evidence.
    entry: Option<u64>,
    /// Up to which line it is taken in.
    until: Option<u64>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let service = args.store.open()?;
    let Some(in_force) = service.in_force()? else {
        bail!("no version of the policy is in force; run `upheld activate privacy.md --by NAME` first");
    };
    let caller = caller(&in_force.policy, args)?;
    let place = place(&in_force.policy, args)?;
    let mut names = Names::new(args.resolve);
    let mut reports = Vec::new();
    for log in &args.logs {
        reports.push(one(&service, &caller, args, place.as_deref(), log, &mut names)?);
    }
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&reports)?),
        Format::Human => reports.iter().for_each(|report| print!("{}", human(report))),
    }
    let refused = reports.iter().any(|report| !report.taken.refused.is_empty());
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The program that takes the log in. Who may run this command may read the keys of the store: no token is asked for.
fn caller(policy: &Compiled, args: &Args) -> Result<Caller> {
    let names = &policy.names;
    let Some(point) = names.points.id(&args.point) else {
        let near = upheld_document::nearest(&args.point, names.points.names());
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        bail!("the policy in force declares no point `{}`{near}", args.point);
    };
    let point = policy.points.iter().find(|known| known.id.0 == point);
    if point.is_none_or(|point| point.kind != PointKind::Visit) {
        bail!("`{}` is no point of the kind `visit`; a log of visits goes in at one of these", args.point);
    }
    let acts_as = match &args.acts_as {
        Some(name) if names.actors.id(name).is_none() => {
            let near = upheld_document::nearest(name, names.actors.names());
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            bail!("the policy in force declares no program `{name}`{near}");
        }
        Some(name) => Some(name.clone()),
        None => program(policy),
    };
    Ok(Caller {
        key: "command-line".to_owned(),
        kind: AccessKind::Program,
        acts_as,
        verbs: vec![Verb::Collect],
        points: vec![args.point.clone()],
        purposes: Vec::new(),
        may_act: true,
    })
}

fn program(policy: &Compiled) -> Option<String> {
    let programs = policy.names.actors.ids().filter(|id| policy.programs.get(usize::from(*id)) == Some(&true));
    let mut programs: Vec<&str> = programs.map(|id| policy.names.actors.name(id)).collect();
    // By its usual name where there is one.
    programs.sort_by_key(|name| *name != "web_server");
    programs.first().map(|name| (*name).to_owned())
}

fn place(policy: &Compiled, args: &Args) -> Result<Option<String>> {
    let covers = &policy.header.covers;
    match &args.r#in {
        Some(host) if !covers.iter().any(|known| known == host.split('/').next().unwrap_or_default()) => {
            bail!("the policy does not cover `{host}`; it covers {}", covers.join(", "))
        }
        Some(host) => Ok(Some(if host.contains('/') { host.clone() } else { format!("{host}/") })),
        None => Ok(covers.first().map(|host| format!("{host}/"))),
    }
}

fn one(
    service: &Service,
    caller: &Caller,
    args: &Args,
    place: Option<&str>,
    log: &Path,
    names: &mut Names,
) -> Result<Report> {
    let mut input = source::Lines::open(log)?;
    let mut report = Report { log: log.display().to_string(), ..Report::default() };
    let bar = bar(input.length);
    let mut batch = Vec::with_capacity(TOGETHER);
    let mut line = Vec::new();
    // A log is known again by its first line, whatever its file is called by now.
    let mut known: Option<[u8; 32]> = None;
    let mut progress = None;
    while let Some(read) = input.next(&mut line)? {
        if read == source::Line::Unfinished {
            // It may still be written; it goes in when it is whole.
            break;
        }
        if known.is_none() {
            let source = Sha256::digest(&line).into();
            progress = service.log_progress(&source)?;
            report.before = progress.map_or(0, |progress| progress.lines);
            known = Some(source);
        }
        if input.lines <= report.before {
            if input.lines == report.before
                && let Some(progress) = &progress
                && !service.is_log_prefix(progress, &input.digest())?
            {
                bail!(
                    "`{}` begins like a log of which {} were taken in, and goes on otherwise; nothing of it was taken",
                    log.display(),
                    count(usize::try_from(report.before).unwrap_or(usize::MAX), "line")
                );
            }
            continue;
        }
        report.read(input.lines, read, &line, names, &mut batch);
        if batch.len() >= TOGETHER {
            report.send(service, caller, args, place, known.unwrap_or_default(), &input, &mut batch)?;
            bar.set_position(input.taken());
        }
    }
    if input.lines < report.before {
        bail!("`{}` is shorter than what was taken of it before; nothing more was taken", log.display());
    }
    if report.lines > 0 {
        report.send(service, caller, args, place, known.unwrap_or_default(), &input, &mut batch)?;
    }
    bar.finish_and_clear();
    Ok(report)
}

fn bar(length: Option<u64>) -> ProgressBar {
    let Some(length) = length.filter(|_| std::io::stderr().is_terminal()) else { return ProgressBar::hidden() };
    let style = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left");
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl Report {
    /// Reads one line that is new.
    fn read(
        &mut self,
        number: u64,
        read: source::Line,
        line: &[u8],
        names: &mut Names,
        batch: &mut Vec<upheld_service::Line>,
    ) {
        self.lines += 1;
        let visit = if read == source::Line::Long { Err(Bad::Long) } else { line::read(line) };
        match visit {
            Ok(mut visit) => {
                self.mail_in_path += u64::from(visit.mail_in_path);
                self.queries_cut += u64::from(visit.query_cut);
                let host = visit.values.get("ip_address").and_then(|host| names.name(host));
                if let Some(host) = host {
                    visit.values.insert("ip_address".to_owned(), host);
                }
                batch.push(upheld_service::Line { at: visit.at, values: visit.values });
            }
            Err(bad) => {
                *self.bad.entry(bad.words()).or_default() += 1;
                if self.first_bad.len() < SHOWN {
                    self.first_bad.push((number, bad.words()));
                }
            }
        }
    }

    /// Hands what was read to the service: stored, and the place in the log noted, together or not at all.
    #[expect(clippy::too_many_arguments, reason = "what an act on a log consists of; it is called in one place")]
    fn send(
        &mut self,
        service: &Service,
        caller: &Caller,
        args: &Args,
        place: Option<&str>,
        source: [u8; 32],
        input: &source::Lines,
        batch: &mut Vec<upheld_service::Line>,
    ) -> Result<()> {
        let from = self.until.unwrap_or(self.before);
        let act = service
            .collect_lines(
                caller,
                Lines {
                    point: args.point.clone(),
                    r#in: place.map(str::to_owned),
                    source,
                    from,
                    until: input.lines,
                    bytes: input.bytes,
                    prefix: input.digest(),
                    records: std::mem::take(batch),
                },
            )
            .context("the log could not be taken in; what went in before stays, and the next run goes on from there")?;
        let Some(taken) = act.result else {
            bail!("the policy refuses this log: {}", act.answer.reason.sentence());
        };
        self.until = Some(input.lines);
        self.entry = Some(act.log);
        self.add(taken);
        Ok(())
    }

    fn add(&mut self, more: LinesTaken) {
        let sum = &mut self.taken;
        sum.stored += more.stored;
        sum.empty += more.empty;
        sum.out_of_time += more.out_of_time;
        for (all, some) in [(&mut sum.kept, more.kept), (&mut sum.dropped, more.dropped)] {
            for (name, n) in some {
                *all.entry(name).or_default() += n;
            }
        }
        for (reason, n) in more.refused {
            *sum.refused.entry(reason).or_default() += n;
        }
    }
}

fn human(report: &Report) -> String {
    let mut out = String::new();
    let lines = |n: u64| count(usize::try_from(n).unwrap_or(usize::MAX), "line");
    let _ = writeln!(out, "{}: {} read, {} stored", report.log, lines(report.lines), report.taken.stored);
    if report.before > 0 {
        let _ = writeln!(out, "  {} had been taken in before", lines(report.before));
    }
    let mut row = |what: &str, n: u64, why: &str| {
        if n > 0 {
            let _ = writeln!(out, "  {what:<22} {n:>10}  {why}");
        }
    };
    for (name, n) in &report.taken.kept {
        row(name, *n, "kept");
    }
    for (name, n) in &report.taken.dropped {
        row(name, *n, "dropped: the policy does not declare it at this point");
    }
    row("queries", report.queries_cut, "cut off the page");
    row("pages", report.mail_in_path, "dropped: a mail address seems to stand in the path");
    row("lines", report.taken.empty, "hold nothing that the policy declares at this point");
    row("lines", report.taken.out_of_time, "are older than the policy keeps them, or not of this time");
    for (reason, n) in &report.taken.refused {
        row("lines", *n, &format!("refused: {}", reason.sentence()));
    }
    for (why, n) in &report.bad {
        row("lines", *n, why);
    }
    for (number, why) in &report.first_bad {
        let _ = writeln!(out, "  line {number}: {why}");
    }
    if let Some(entry) = report.entry {
        let _ = writeln!(out, "  log entry {entry}");
    }
    out
}

//! Callers that act again and again, some of them at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use crate::sample::{Spread, number, process_time, written};

const SAMPLES: usize = 7;
const LENGTH: Duration = Duration::from_millis(1_000);

/// What one caller does again and again; it is given a number that is different each time.
pub type Caller<'a> = Box<dyn FnMut(usize) -> Result<()> + 'a>;

/// Makes a caller, in the caller's own thread.
type Maker<'a> = Box<dyn Fn() -> Result<Caller<'a>> + Sync + 'a>;

/// Something that acts.
pub struct Contender<'a> {
    pub name: &'static str,
    caller: Maker<'a>,
    /// How many numbers were given out.
    next: AtomicUsize,
    /// The numbers that may be given out again and again: those below this.
    below: Option<usize>,
}

impl<'a> Contender<'a> {
    pub fn new(name: &'static str, caller: impl Fn() -> Result<Caller<'a>> + Sync + 'a) -> Self {
        Self { name, caller: Box::new(caller), next: AtomicUsize::new(0), below: None }
    }

    /// It acts on what is there: numbers below this one.
    pub fn below(self, count: usize) -> Self {
        Self { below: Some(count.max(1)), ..self }
    }

    /// How many acts there were.
    pub fn acts(&self) -> usize {
        self.next.load(Ordering::Relaxed)
    }

    fn next(&self) -> usize {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        // A long step, so that neighbours in the store are not met one after the other.
        self.below.map_or(next, |count| next.wrapping_mul(7_919) % count)
    }
}

/// What came of all samples of one contender.
pub struct Figures {
    /// Acts a second.
    pub rate: Spread,
    /// Nanoseconds of processor time for an act, of the whole process.
    pub processor: Spread,
    /// Bytes that go to the disk for an act.
    pub written: Spread,
    /// Nanoseconds of an act: the median and what 99 of 100 stay below.
    pub median: f64,
    pub most: f64,
}

/// Samples all in turns, with so many callers each.
pub fn measure(contenders: &[Contender<'_>], callers: usize) -> Result<Vec<Figures>> {
    let mut samples: Vec<Vec<Sample>> = contenders.iter().map(|_| Vec::with_capacity(SAMPLES)).collect();
    for _ in 0..SAMPLES {
        for (contender, samples) in contenders.iter().zip(&mut samples) {
            samples.push(sample(contender, callers).context(contender.name)?);
        }
    }
    Ok(samples.into_iter().map(figures).collect())
}

struct Sample {
    rate: f64,
    processor: f64,
    written: f64,
    times: Vec<f64>,
}

fn figures(samples: Vec<Sample>) -> Figures {
    let spread = |of: fn(&Sample) -> f64| Spread::of(samples.iter().map(of).collect());
    let (rate, processor) = (spread(|sample| sample.rate), spread(|sample| sample.processor));
    let written = spread(|sample| sample.written);
    let mut times: Vec<f64> = samples.into_iter().flat_map(|sample| sample.times).collect();
    times.sort_unstable_by(f64::total_cmp);
    let at = |hundredths: usize| times.get(times.len() * hundredths / 100).copied().unwrap_or(f64::NAN);
    Figures { rate, processor, written, median: at(50), most: at(99) }
}

/// So many callers act for a while.
fn sample(contender: &Contender<'_>, callers: usize) -> Result<Sample> {
    let (begun, processor, bytes) = (Instant::now(), process_time(), written());
    let end = begun + LENGTH;
    let work = || -> Result<Vec<f64>> {
        let mut caller = (contender.caller)()?;
        let mut times = Vec::new();
        loop {
            let before = Instant::now();
            if before >= end {
                return Ok(times);
            }
            caller(contender.next())?;
            times.push(before.elapsed().as_secs_f64() * 1e9);
        }
    };
    let times: Vec<f64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..callers).map(|_| scope.spawn(work)).collect();
        let outcomes = threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("a caller panicked"))?);
        outcomes.collect::<Result<Vec<_>>>()
    })?
    .concat();
    let acts = number(times.len().max(1));
    let bytes = usize::try_from(written().saturating_sub(bytes))?;
    Ok(Sample {
        rate: acts / begun.elapsed().as_secs_f64(),
        processor: (process_time() - processor).as_secs_f64() * 1e9 / acts,
        written: number(bytes) / acts,
        times,
    })
}

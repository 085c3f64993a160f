//! How often each clause decided a question. Questions are only counted: in memory, and by the day in the store with each
//! sweep. A crash loses the count of a minute and nothing else.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use upheld_decide::Answer;

use crate::error::ServiceError;
use crate::schema::sql;
use crate::service::{Inner, Result, Service};

/// A day in milliseconds.
const DAY: i64 = 24 * 3_600_000;

/// Counts that are not stored yet, by day and clause.
#[derive(Default)]
pub(crate) struct Asked(Mutex<BTreeMap<(i64, String), u64>>);

impl Inner {
    /// Counts a question that was answered.
    pub(crate) fn count(&self, answer: &Answer) {
        let day = self.now().as_millisecond().div_euclid(DAY);
        let mut counts = self.asked.0.lock().unwrap_or_else(PoisonError::into_inner);
        for cited in &answer.because {
            match counts.get_mut(&(day, cited.clause.clone())) {
                Some(count) => *count += 1,
                None => drop(counts.insert((day, cited.clause.clone()), 1)),
            }
        }
    }
}

impl Service {
    /// Stores what was counted since the last time.
    pub(crate) fn store_counts(&self) -> Result<()> {
        let counts = std::mem::take(&mut *self.0.asked.0.lock().unwrap_or_else(PoisonError::into_inner));
        if counts.is_empty() {
            return Ok(());
        }
        self.moment(move |moment, _| {
            for ((day, clause), count) in &counts {
                moment.tx.execute(sql::ADD_ASKED, &[(*day).into(), clause.as_str().into(), (*count).into()])?;
            }
            Ok(())
        })
    }

    /// How many questions each clause decided since a time, in milliseconds since 1970.
    pub(crate) fn asked(&self, since: i64) -> Result<BTreeMap<String, u64>> {
        let first = since.div_euclid(DAY);
        let mut out: BTreeMap<String, u64> = BTreeMap::new();
        self.0.store.read(|tx| -> std::result::Result<(), ServiceError> {
            for row in tx.query(sql::ASKED, &[first.into()])? {
                out.insert(row.text(0)?.to_owned(), u64::try_from(row.int(1)?).unwrap_or_default());
            }
            Ok(())
        })?;
        let counts = self.0.asked.0.lock().unwrap_or_else(PoisonError::into_inner);
        for ((_, clause), count) in counts.iter().filter(|((day, _), _)| *day >= first) {
            *out.entry(clause.clone()).or_default() += count;
        }
        Ok(out)
    }
}

//! Who received what of a person: what the log says of it, found again by the person.

use jiff::Timestamp;
use upheld_decide::{Period, Unit};
use upheld_vault::{PersonId, VaultError};

use crate::answers::{Disclosed, Disclosures};
use crate::error::ServiceError;
use crate::facts::Known;
use crate::keep::earlier;
use crate::moment::Moment;
use crate::schema::sql;
use crate::service::{Result, Service};

/// How far back a person is told.
const TOLD: Period = Period { count: 1, unit: Unit::Year };

impl Moment<'_> {
    /// Remembers that an entry of the log is about a disclosure of somebody's data.
    pub(crate) fn note_disclosure(&self, known: &Known, entry: u64) -> Result<()> {
        self.tx.execute(sql::ADD_DISCLOSED, &[(*known.id.as_bytes()).into(), entry.into(), self.ms().into()])?;
        Ok(())
    }

    /// Forgets what was disclosed of somebody of whom nothing is held any more. The log keeps its entries.
    pub(crate) fn forget_disclosures(&self, person: PersonId) -> Result<()> {
        self.tx.execute(sql::DROP_DISCLOSED, &[(*person.as_bytes()).into()])?;
        Ok(())
    }

    /// What was disclosed of a person in the past year, oldest first.
    pub(crate) fn disclosures(&self, known: &Known) -> Result<Disclosures> {
        let since = earlier(self.ms(), TOLD, &self.in_force.zone);
        let rows = self.tx.query(sql::DISCLOSED, &[(*known.id.as_bytes()).into(), since.into()])?;
        let subject = self.subject(known.id);
        let mut disclosures = Vec::new();
        for row in &rows {
            let index = u64::try_from(row.int(0)?).unwrap_or_default();
            let placed = upheld_evidence::entry(self.tx, index)?;
            // A row that points to another person's entry, or to none, was changed by somebody.
            let Some(placed) = placed.filter(|placed| placed.entry.subject.as_deref() == Some(&*subject)) else {
                return Err(ServiceError::Vault(VaultError::NotVerified));
            };
            let entry = placed.entry;
            disclosures.push(Disclosed {
                at: Timestamp::from_millisecond(entry.at).unwrap_or(Timestamp::MAX).to_string(),
                act: entry.verb,
                with: entry.recipient.unwrap_or_default(),
                data: entry.elements,
                purpose: entry.purpose,
                clauses: entry.clauses,
                log: index,
            });
        }
        Ok(Disclosures { since: self.day_of(since), disclosures })
    }
}

impl Service {
    /// The recipients of a person's data in the past year: what scenarios look at.
    pub(crate) fn recipients_of(&self, person: &str) -> Result<Vec<String>> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            let moment = Moment::reading(tx, &self.0, now, in_force);
            let Some(known) = moment.known(person)? else { return Ok(Vec::new()) };
            Ok(moment.disclosures(&known)?.disclosures.into_iter().map(|disclosed| disclosed.with).collect())
        })
    }
}

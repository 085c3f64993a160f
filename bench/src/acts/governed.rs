//! Upheld: the service in this process, with the hosting policy in force.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use upheld_service::{AccessKind, Caller as Key, Collect, Keys, NewAccess, Place, Service, SystemClock, Use, Verb};

use super::{Record, SIGN_UP, bytes, person};
use crate::load::Caller;

pub const POLICY: &str = include_str!("../../../policies/hosting-2009/privacy.md");

pub struct Governed {
    pub service: Service,
    web: Key,
    support: Key,
    path: PathBuf,
}

impl Governed {
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("upheld.db");
        let keys = Keys::open(&folder.join("keys"))?;
        let service = Service::open(Place::File(path.clone()), keys, Arc::new(SystemClock))?;
        service.activate(POLICY, None, "bench")?;
        let web = service.authenticate(&web(&service)?)?;
        let support = service.authenticate(&support(&service)?)?;
        Ok(Self { service, web, support, path })
    }

    pub fn collecting(&self, what: Record) -> Caller<'_> {
        Box::new(move |n| {
            let done = self.service.collect(&self.web, record(n, what))?;
            ensure!(done.answer.allowed, "{}", done.answer.reason.sentence());
            Ok(())
        })
    }

    pub fn using(&self) -> Caller<'_> {
        Box::new(move |n| {
            let done = self.service.use_(&self.support, question(n))?;
            let values = done.result.map(|values| values.len());
            ensure!(values == Some(SIGN_UP.values.len()), "{}", done.answer.reason.sentence());
            Ok(())
        })
    }

    /// Whether all was stored: the first and the last person have their values, and the log is whole.
    pub fn check(&self, people: usize) -> Result<()> {
        for n in [0, people.saturating_sub(1)] {
            let held = self.service.use_(&self.support, question(n))?.result.context("nothing is held")?;
            let found = |(element, value): &(&str, &str)| {
                held.iter().any(|held| held.element == *element && held.value == *value)
            };
            ensure!(SIGN_UP.values.iter().all(found), "other values are held");
        }
        let report = self.service.verify_log()?;
        ensure!(report.first_fault.is_none(), "the log does not verify: {report:?}");
        Ok(())
    }

    /// So many people with these records each, in few commits, for measuring what they weigh; ends the service. Gives the
    /// store's bytes.
    pub fn fill(self, people: usize, records: &[Record]) -> Result<(PathBuf, u64)> {
        let all: Vec<Collect> = (0..people).flat_map(|n| records.iter().map(move |what| record(n, *what))).collect();
        for some in all.chunks(500) {
            let done = self.service.collect_batch(&self.web, some.to_vec())?;
            ensure!(done.iter().all(|done| done.answer.allowed), "a record was refused");
        }
        let Self { service, path, .. } = self;
        // The last handle moves the log of writes into the file.
        drop(service);
        let bytes = bytes(&path);
        Ok((path, bytes))
    }
}

pub fn record(n: usize, what: Record) -> Collect {
    Collect {
        point: what.point.to_owned(),
        r#in: Some(what.place.to_owned()),
        person: Some(person(n)),
        item: None,
        values: what.values.map(|(element, value)| (element.to_owned(), value.to_owned())).into(),
    }
}

fn question(n: usize) -> Use {
    Use {
        person: person(n),
        data: SIGN_UP.values.map(|(element, _)| element.to_owned()).into(),
        purpose: Some("service_setup".to_owned()),
        ..Use::default()
    }
}

/// A key of the web server, and its token.
pub fn web(service: &Service) -> Result<String> {
    token(service, "web_server", vec![Verb::Collect], vec!["sign_up".to_owned(), "web_visit".to_owned()])
}

/// A key of the support program, and its token.
pub fn support(service: &Service) -> Result<String> {
    token(service, "support", vec![Verb::Use, Verb::Ask], Vec::new())
}

fn token(service: &Service, acts_as: &str, verbs: Vec<Verb>, points: Vec<String>) -> Result<String> {
    let (_, token) = service.access_add(NewAccess {
        name: acts_as.to_owned(),
        kind: AccessKind::Program,
        acts_as: Some(acts_as.to_owned()),
        verbs,
        points,
        purposes: Vec::new(),
        may_act: true,
        signs_sessions: None,
    })?;
    Ok(token)
}

//! The disk alone: what a durable write of one page costs, whatever is written.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use anyhow::Result;

use crate::load::Caller;

const PAGE: usize = 4_096;
/// The file is written over and over, as a log of writes is.
const PAGES: usize = 1_000;

pub struct Disk(File);

impl Disk {
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::create(path)?;
        file.write_all_at(&vec![0; PAGE * PAGES], 0)?;
        file.sync_all()?;
        Ok(Self(file))
    }

    pub fn writing(&self) -> Caller<'_> {
        let page = [7_u8; PAGE];
        Box::new(move |n| {
            let at = u64::try_from(n % PAGES * PAGE)?;
            self.0.write_all_at(&page, at)?;
            Ok(self.0.sync_data()?)
        })
    }
}

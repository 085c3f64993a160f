//! The lines of a log: of a plain file, a compressed one, or standard input. Each line is bounded, and what was read is
//! hashed, so that a file is known again.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// The longest line that is read.
const LONGEST: usize = 64 * 1024;

/// How much is read at once.
const BUFFER: usize = 256 * 1024;

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its bytes are in the buffer.
    Whole,
    /// It was too long; it has been passed over.
    Long,
    /// The last one has no end yet: it may still be written.
    Unfinished,
}

/// A log being read.
pub(crate) struct Lines {
    input: Box<dyn BufRead>,
    hash: Sha256,
    /// Lines read whole.
    pub(crate) lines: u64,
    /// Bytes of those lines, decompressed.
    pub(crate) bytes: u64,
    /// How long the file is on disk; none for standard input.
    pub(crate) length: Option<u64>,
    /// Bytes taken from the file on disk so far.
    taken: std::rc::Rc<std::cell::Cell<u64>>,
}

/// Counts what is taken from a file.
struct Counted {
    input: Box<dyn Read>,
    taken: std::rc::Rc<std::cell::Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.taken.set(self.taken.get() + read as u64);
        Ok(read)
    }
}

impl Lines {
    /// Opens a log; `-` is standard input. What begins like gzip is decompressed.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let taken = std::rc::Rc::default();
        let (input, length): (Box<dyn Read>, _) = if path.as_os_str() == "-" {
            (Box::new(std::io::stdin().lock()), None)
        } else {
            let file = File::open(path).with_context(|| format!("cannot open the log `{}`", path.display()))?;
            let length = file.metadata().ok().map(|metadata| metadata.len());
            (Box::new(file), length)
        };
        let counted = Counted { input, taken: std::rc::Rc::clone(&taken) };
        let mut raw = BufReader::with_capacity(BUFFER, counted);
        let gzip = raw.fill_buf().context("cannot read the log")?.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn BufRead> =
            if gzip { Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(raw))) } else { Box::new(raw) };
        Ok(Self { input, hash: Sha256::new(), lines: 0, bytes: 0, length, taken })
    }

    /// Bytes taken from the file on disk so far, for a progress bar.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.get()
    }

    /// Reads the next line into `line`, without its end. None at the end of the log.
    pub(crate) fn next(&mut self, line: &mut Vec<u8>) -> Result<Option<Line>> {
        line.clear();
        let (mut long, mut whole) = (false, 0_u64);
        loop {
            let buffer = self.input.fill_buf().context("the log ends in damaged compression, or cannot be read")?;
            if buffer.is_empty() {
                return Ok((whole > 0).then_some(Line::Unfinished));
            }
            let end = memchr::memchr(b'\n', buffer);
            let piece = &buffer[..end.map_or(buffer.len(), |end| end + 1)];
            let room = LONGEST.saturating_sub(line.len());
            long |= piece.len() > room + 1;
            line.extend_from_slice(&piece[..piece.len().min(room + 1)]);
            // A line that has no end yet is read again some time: only whole lines are hashed.
            let read = piece.len();
            whole += read as u64;
            if end.is_some() {
                if long {
                    // Its first part stands for it: what follows of a line that is too long is passed over.
                    self.hash.update((whole).to_be_bytes());
                }
                self.hash.update(&*line);
                self.input.consume(read);
                self.lines += 1;
                self.bytes += whole;
                while matches!(line.last(), Some(b'\n' | b'\r')) {
                    line.pop();
                }
                return Ok(Some(if long { Line::Long } else { Line::Whole }));
            }
            self.input.consume(read);
        }
    }

    /// SHA-256 over the lines read so far.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn all(path: &Path) -> (Vec<Vec<u8>>, Lines) {
        let mut lines = Lines::open(path).expect("opens");
        let (mut out, mut line) = (Vec::new(), Vec::new());
        while let Some(Line::Whole) = lines.next(&mut line).expect("reads") {
            out.push(line.clone());
        }
        (out, lines)
    }

    #[test]
    fn plain_and_compressed_are_the_same_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = (0..5_000).map(|n| format!("line {n}\r\n")).collect::<String>() + "unfinished";
        let plain = folder.path().join("access.log");
        std::fs::write(&plain, &text).expect("written");
        let packed = folder.path().join("access.log.gz");
        let mut gzip = flate2::write::GzEncoder::new(File::create(&packed).expect("made"), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).expect("written");
        gzip.finish().expect("finished");
        let (a, one) = all(&plain);
        let (b, other) = all(&packed);
        assert_eq!(a.len(), 5_000);
        assert_eq!(a, b);
        assert_eq!(one.digest(), other.digest());
        assert_eq!(one.lines, 5_000);
        assert_eq!(one.bytes as usize, text.len() - "unfinished".len());
    }

    #[test]
    fn a_line_without_end_takes_no_memory_without_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        std::fs::write(&path, format!("{}\nshort\n", "x".repeat(3_000_000))).expect("written");
        let mut lines = Lines::open(&path).expect("opens");
        let mut line = Vec::new();
        assert_eq!(lines.next(&mut line).expect("reads"), Some(Line::Long));
        assert!(line.capacity() < 1_000_000);
        assert_eq!(lines.next(&mut line).expect("reads"), Some(Line::Whole));
        assert_eq!(line, b"short");
        assert_eq!(lines.next(&mut line).expect("reads"), None);
    }
}

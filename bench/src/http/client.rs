//! The least that speaks HTTP/1.1: what a caller does costs next to nothing beside the server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context, Result, bail};

pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads the whole answer; gives its status.
    pub fn request(&mut self, method: &str, path: &str, token: &str, body: &str) -> Result<u16> {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n");
        let about = if body.is_empty() {
            "\r\n".to_owned()
        } else {
            format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        };
        // In one piece, as clients do.
        self.stream.write_all((head + &about).as_bytes())?;
        self.buffer.clear();
        loop {
            let mut some = [0; 16 * 1024];
            let count = self.stream.read(&mut some)?;
            if count == 0 {
                bail!("the connection was closed");
            }
            self.buffer.extend_from_slice(&some[..count]);
            if let Some(status) = whole(&self.buffer)? {
                return Ok(status);
            }
        }
    }
}

/// The status of an answer, once all of it is here.
fn whole(answer: &[u8]) -> Result<Option<u16>> {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&answer[..end])?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map(|(_, length)| length.trim().parse::<usize>())
        .context("an answer without a length")??;
    Ok((answer.len() >= end + 4 + length).then_some(status))
}

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use upheld_server::{ServeError, ServerConfig};

use super::{POLICY, World};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that listens.
pub struct Live {
    pub world: World,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<Result<(), ServeError>>,
}

impl Live {
    pub async fn start(config: ServerConfig) -> Self {
        let world = World::with(&config, Some(POLICY));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let until = async move { drop(stopped.await) };
        let served = tokio::spawn(upheld_server::serve_on(listener, world.service.clone(), config, until));
        Self { world, address, stop: Some(stop), served }
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// Sends bytes as they are, and reads until the server closes the connection.
    pub async fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        // The server may close before it has read all.
        drop(stream.write_all(bytes.as_ref()).await);
        read(&mut stream).await
    }

    /// A whole request with a JSON body, as bytes; the connection is closed after it.
    pub fn request(&self, who: &str, path: &str, body: &Value) -> String {
        let body = body.to_string();
        format!(
            "POST {path} HTTP/1.1\r\nhost: larchfield.example\r\nauthorization: {}\r\ncontent-type: application/json\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n{body}",
            self.world.bearer(who),
            body.len(),
        )
    }

    /// Tells the server to stop.
    pub fn tell_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).expect("it runs");
        }
    }

    /// Waits until the server has stopped.
    pub async fn stopped(self) {
        let ended = tokio::time::timeout(PATIENCE, self.served).await.expect("it stops in time");
        ended.expect("it does not panic").expect("it does not fail");
    }

    /// The server answers as ever.
    pub async fn assert_alive(&self) {
        let answer = self.send("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
}

/// Reads until the other end closes.
pub async fn read(stream: &mut TcpStream) -> String {
    let mut out = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut out)).await;
    // A connection that was cut off is as good as a closed one; one that stays open is not.
    drop(read.expect("the server closes the connection in time"));
    String::from_utf8(out).expect("an answer is UTF-8")
}

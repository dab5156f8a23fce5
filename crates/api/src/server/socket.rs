//! A connection's socket, whose other end must take what is sent to it.
use super::Cutter;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A socket that fails once its other end has taken nothing for too long while there was something to write. With
/// nothing to write it may rest for ever: that is how a stream waits for the next change.
pub(super) struct Socket<S> {
    stream: S,
    patience: Duration,
    /// Tells whoever makes what is written that nobody reads it
    cutter: Cutter,
    /// Runs from a write that found no room until one that does.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<S> Socket<S> {
    pub(super) const fn new(stream: S, patience: Duration, cutter: Cutter) -> Self {
        Self { stream, patience, cutter, deadline: None }
    }

    /// What a write comes to: its own result, or the end of the patience.
    fn watch(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.deadline = None;
            return written;
        }
        let patience = self.patience;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(patience)));
        // It wakes whoever writes, who writes again and so is told.
        ready!(deadline.as_mut().poll(context));
        self.cutter.cut();
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("the client took nothing of what was sent to it for {} s", patience.as_secs()),
        )))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::{Instant, timeout};
    use tokio_util::sync::CancellationToken;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// A socket with room for 8 bytes, its other end, and what is cancelled when it is cut off.
    fn connected() -> (Socket<DuplexStream>, DuplexStream, CancellationToken) {
        let (ours, theirs) = duplex(8);
        let cut = CancellationToken::new();
        (Socket::new(ours, PATIENCE, Cutter::of(cut.clone())), theirs, cut)
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_given_up() {
        let (mut socket, _theirs, cut) = connected();
        let began = Instant::now();
        let error =
            timeout(PATIENCE * 2, socket.write_all(&[0; 64])).await.expect("it is waited for").unwrap_err();
        assert_eq!((error.kind(), began.elapsed().as_secs()), (io::ErrorKind::TimedOut, 30));
        assert!(error.to_string().contains("took nothing of what was sent to it for 30 s"), "{error}");
        assert!(cut.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_a_byte_now_and_then_is_waited_for() {
        let (mut socket, mut theirs, _) = connected();
        let began = Instant::now();
        let reading = async {
            for _ in 0..56 {
                sleep(PATIENCE.mul_f32(29.0 / 30.0)).await;
                theirs.read_u8().await?;
            }
            Ok(())
        };
        tokio::try_join!(socket.write_all(&[0; 64]), reading).unwrap();
        assert!(began.elapsed() > PATIENCE * 50, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_to_write_is_no_fault_of_the_peer() {
        let (mut socket, mut theirs, _) = connected();
        let reading = async {
            let mut taken = [0; 16];
            theirs.read_exact(&mut taken).await.unwrap();
        };
        // It was blocked once, and rests then.
        let (written, ()) = tokio::join!(socket.write_all(&[0; 16]), reading);
        written.unwrap();
        sleep(PATIENCE * 100).await;
        socket.write_all(&[0; 8]).await.unwrap();
    }
}

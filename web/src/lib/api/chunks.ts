/** The body of an answer, piece by piece as it arrives. */

/**
 * Safari's streams can't be iterated: this reads them in the way that every browser has. A reader that stops before the
 * end closes the connection.
 */
export async function* chunksOf<T>(body: ReadableStream<T>): AsyncGenerator<T, void> {
  const reader = body.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    // A stream that has failed refuses to be cancelled; its failure is on its way to the reader already.
    if (!ended) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

import { readSync } from "node:fs";

const STANDARD_INPUT = 0;
const PAUSE_MS = 10;

/** All of standard input. Waits for a writer that is slow: a pipe that is not blocking says EAGAIN until there is more. */
export function readStandardInput(): Uint8Array {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16);
    const length = readSome(chunk);
    if (length === 0) return Buffer.concat(chunks);
    if (length > 0) chunks.push(chunk.subarray(0, length));
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}

/** How many bytes there were: 0 at the end, -1 where there are none yet. */
function readSome(chunk: Buffer): number {
  try {
    return readSync(STANDARD_INPUT, chunk);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return -1;
    // Windows says so of a pipe whose writer is done.
    if (code === "EOF") return 0;
    throw error;
  }
}

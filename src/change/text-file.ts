import { isUtf8 } from "node:buffer";

/** Largest file that is read as text, in bytes. A seed of ten million bytes is real; a gigabyte is a mistake. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** What git holds of a file that Git LFS keeps (its specification, "The Pointer"). */
const LFS_POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?=[\s\S]{0,1000}^oid sha256:[0-9a-f]{64}$)/m;

/** A file's contents as text, or why it is none. A byte order mark of UTF-8 stays in the text. */
export type TextFile = { readonly text: string } | { readonly reason: string };

export function decode(bytes: Uint8Array): TextFile {
  if (bytes.length > MAX_TEXT_BYTES) return { reason: tooLarge(bytes.length) };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { reason: notUtf8("UTF-16, little-endian") };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { reason: notUtf8("UTF-16, big-endian") };
  if (!isUtf8(bytes)) return { reason: notUtf8(undefined) };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.startsWith("version ") && LFS_POINTER.test(text)
    ? { reason: "is a pointer of Git LFS, and its contents are not in git; keep it outside of Git LFS" }
    : { text };
}

export function tooLarge(bytes: number): string {
  return `has ${bytes} bytes; files above ${MAX_TEXT_BYTES} bytes are not read`;
}

function notUtf8(encoding: string | undefined): string {
  return encoding === undefined
    ? "is not valid UTF-8; save it as UTF-8"
    : `is encoded as ${encoding}; save it as UTF-8`;
}

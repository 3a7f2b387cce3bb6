import { expect, it } from "vitest";
import { sizeWords } from "../../src/text/size-words.js";

it.each([
  [{ rows: 12_345_678, bytes: 3_328_599_654 }, "about 12 million rows, 3.1 GB"],
  [{ rows: 1_250_000_000, bytes: 1.5 * 1024 ** 4 }, "about 1.3 billion rows, 1.5 TB"],
  [{ rows: 999_999, bytes: 1024 ** 2 }, "about 1 million rows, 1 MB"],
  [{ rows: 45_678, bytes: 98_304 }, "about 46,000 rows, 96 kB"],
  [{ rows: 240, bytes: 8192 }, "about 240 rows, 8 kB"],
  [{ rows: 1, bytes: 8192 }, "about 1 row, 8 kB"],
  [{ rows: 0, bytes: 8192 }, "no rows"],
  [{ bytes: 512 }, "512 bytes"],
  [{ rows: 1e300, bytes: 1e300 }, expect.stringContaining(" billion rows, ")],
])("%j is %s", (size, words) => {
  expect(sizeWords({ ...size, indexBytes: 0 })).toEqual(words);
});

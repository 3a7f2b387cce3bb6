/** PostgreSQL's settings of time: `lock_timeout` and its kin. */

/** Units that PostgreSQL accepts (documentation, 20.1.1), in milliseconds. */
const MILLISECONDS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Timeouts are integers of 32 bits, and none is negative. */
const MAXIMUM = 2 ** 31 - 1;

/**
 * Reads a timeout such as `5s`, `1.5 min` or `500`; a bare number is in milliseconds.
 * @returns Milliseconds; undefined for what PostgreSQL refuses.
 */
export function parseDuration(value: string): number | undefined {
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*(us|ms|s|min|h|d)?$/i.exec(value.trim());
  if (!match) return undefined;
  // Units are case-sensitive: PostgreSQL refuses `5S`.
  const factor = MILLISECONDS[match[2] ?? "ms"];
  if (factor === undefined) return undefined;
  const milliseconds = Math.round(Number(match[1]) * factor);
  return milliseconds >= 0 && milliseconds <= MAXIMUM ? milliseconds : undefined;
}

/** Writes milliseconds in the largest unit that needs no fraction: `5000` is `5s`. */
export function formatDuration(milliseconds: number): string {
  for (const unit of ["d", "h", "min", "s"]) {
    const factor = MILLISECONDS[unit] ?? 1;
    if (milliseconds !== 0 && milliseconds % factor === 0) return `${milliseconds / factor}${unit}`;
  }
  return `${milliseconds}ms`;
}

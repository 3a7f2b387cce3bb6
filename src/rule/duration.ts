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

/**
 * Reads a setting such as `5s`, `1.5 min` or `500`; a bare number is in milliseconds, the unit of every timeout.
 * @returns Milliseconds; undefined for what PostgreSQL refuses.
 */
export function parseDuration(value: string): number | undefined {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(us|ms|s|min|h|d)?\s*$/i.exec(value);
  if (!match) return undefined;
  const unit = match[2] ?? "ms";
  const factor = MILLISECONDS[unit];
  // Units are case-sensitive: PostgreSQL refuses `5S`.
  return factor === undefined ? undefined : Math.round(Number(match[1]) * factor);
}

/** Writes milliseconds in the largest unit that needs no fraction: `5000` is `5s`. */
export function formatDuration(milliseconds: number): string {
  for (const unit of ["d", "h", "min", "s"]) {
    const factor = MILLISECONDS[unit] ?? 1;
    if (milliseconds !== 0 && milliseconds % factor === 0) return `${milliseconds / factor}${unit}`;
  }
  return `${milliseconds}ms`;
}

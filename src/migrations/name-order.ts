/** By the bytes of the names, as a tool does that sorts directory entries. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Numbers in names count as numbers: `2_a` before `10_b`; where they are equal, by bytes. */
export function byNumber(a: string, b: string): number {
  const one = a.match(PARTS) ?? [];
  const other = b.match(PARTS) ?? [];
  for (let index = 0; index < one.length && index < other.length; index++) {
    const difference = comparePart(one[index] ?? "", other[index] ?? "");
    if (difference !== 0) return difference;
  }
  return one.length - other.length || byBytes(a, b);
}

const PARTS = /\d+|\D+/g;

function comparePart(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return byBytes(a, b);
  const one = withoutLeadingZeros(a);
  const other = withoutLeadingZeros(b);
  return one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);
}

/** A number as text, written as every other text of the same number. */
export function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
}

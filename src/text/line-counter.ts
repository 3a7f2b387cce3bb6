/** The line endings that ESLint counts: CRLF, LF, CR, and Unicode's line and paragraph separators. */
const LINE_ENDING = /\r\n|[\r\n\u2028\u2029]/gu;

/** A function from an offset to its 1-based line; the text is read once, at the first call. */
export function lineCounter(text: string): (offset: number) => number {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= [0, ...Array.from(text.matchAll(LINE_ENDING), (ending) => ending.index + ending[0].length)];
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

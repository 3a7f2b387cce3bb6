/** What ends a line, everywhere: git, GitHub and the SQL language in ESLint count LF, with or without CR before it. */
export const LINE_ENDING = /\r?\n/u;

/** A function from an offset to its 1-based line; the text is read once, at the first call. */
export function lineCounter(text: string): (offset: number) => number {
  const place = placeCounter(text);
  return (offset) => place(offset).line;
}

/** A function from an offset to its line and column, both 1-based; the text is read once, at the first call. */
export function placeCounter(text: string): (offset: number) => { readonly line: number; readonly column: number } {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return starts;
}

/** What is made of the first item of which something is made. */
export function firstOf<Item, Result>(
  items: Iterable<Item>,
  make: (item: Item) => Result | undefined,
): Result | undefined {
  for (const item of items) {
    const made = make(item);
    if (made !== undefined) return made;
  }
  return undefined;
}

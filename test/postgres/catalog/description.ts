/** The shape in which PostgreSQL's catalog and the replayed one are compared: words, so that a difference reads itself. */

/** By object (`public.orders`), one line for each thing that is known of it. The first says what it is. */
export type Description = Readonly<Record<string, readonly string[]>>;

export function sorted(description: Record<string, readonly string[]>): Description {
  return Object.fromEntries(Object.entries(description).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The words of a line; what is false or undefined is no word. */
export function words(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== false && part !== undefined && part !== "").join(" ");
}

/** One line for each difference, with the object: `-` where only PostgreSQL has it, `+` where only the replay has. */
export function differencesOf(postgres: Description, replayed: Description): readonly string[] {
  const differences: string[] = [];
  for (const object of new Set([...Object.keys(postgres), ...Object.keys(replayed)])) {
    const [there = [], here = []] = [postgres[object], replayed[object]];
    for (const line of there) if (!here.includes(line)) differences.push(`- ${object}: ${line}`);
    for (const line of here) if (!there.includes(line)) differences.push(`+ ${object}: ${line}`);
    if (there.length === here.length && there.every((line) => here.includes(line))) {
      const place = there.findIndex((line, index) => line !== here[index]);
      if (place >= 0) differences.push(`! ${object}: another order from "${there[place]!}" on`);
    }
  }
  return differences;
}

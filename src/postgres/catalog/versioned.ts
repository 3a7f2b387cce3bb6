/**
 * Values that keep their past. A replay writes forwards; every earlier moment stays readable without a copy, so a
 * snapshot is a number. Writing is amortised constant time, reading the latest state too, reading the past a binary
 * search over the versions of that one value.
 */

/** One value over time. Times are written in ascending order. Most values have a single version. */
export class Versions<Value> {
  #firstTime = Infinity;
  #firstValue: Value | undefined;
  #later: { readonly time: number; value: Value | undefined }[] | undefined;

  /** The value from `time` on; `undefined` means that it is gone. A second write at one time replaces the first. */
  set(time: number, value: Value | undefined): void {
    if (this.#firstTime >= time) {
      this.#firstTime = time;
      this.#firstValue = value;
      return;
    }
    const later = (this.#later ??= []);
    const last = later.at(-1);
    if (last?.time === time) last.value = value;
    else later.push({ time, value });
  }

  at(time: number): Value | undefined {
    if (this.#later !== undefined) {
      const later = this.#later;
      let high = later.length - 1;
      if (later[high]!.time <= time) return later[high]!.value;
      let low = -1;
      while (low < high - 1) {
        const middle = (low + high) >> 1;
        if (later[middle]!.time <= time) low = middle;
        else high = middle;
      }
      if (low >= 0) return later[low]!.value;
    }
    return this.#firstTime <= time ? this.#firstValue : undefined;
  }
}

/** What a key of a map holds over time, and its place in the order while it holds something. */
class Entry<Value> extends Versions<Value> {
  slot: number | undefined;
}

/** A map over time. Its order is that of insertion; a renamed entry keeps its place, as a renamed column does. */
export class VersionedMap<Value> {
  #entries: Map<string, Entry<Value>> | undefined;
  /** The key at each place of the order. */
  readonly #slots: Versions<string>[] = [];

  get(key: string, time: number): Value | undefined {
    return this.#entries?.get(key)?.at(time);
  }

  set(key: string, value: Value, time: number): void {
    const entry = this.#entry(key);
    if (entry.slot === undefined) {
      entry.slot = this.#slots.length;
      const keys = new Versions<string>();
      keys.set(time, key);
      this.#slots.push(keys);
    }
    entry.set(time, value);
  }

  delete(key: string, time: number): void {
    const entry = this.#entries?.get(key);
    if (entry?.slot === undefined) return;
    this.#slots[entry.slot]!.set(time, undefined);
    entry.slot = undefined;
    entry.set(time, undefined);
  }

  /** Moves an entry to another key with a new value, in its place. */
  rename(key: string, newKey: string, value: Value, time: number): void {
    const entry = this.#entries?.get(key);
    if (entry?.slot === undefined || key === newKey) return this.set(newKey, value, time);
    this.delete(newKey, time);
    const renamed = this.#entry(newKey);
    renamed.slot = entry.slot;
    this.#slots[entry.slot]!.set(time, newKey);
    entry.slot = undefined;
    entry.set(time, undefined);
    renamed.set(time, value);
  }

  at(time: number): ReadonlyMap<string, Value> {
    return new MapAt(this, time);
  }

  *entries(time: number): Generator<[string, Value], undefined> {
    for (const slot of this.#slots) {
      const key = slot.at(time);
      if (key !== undefined) yield [key, this.get(key, time)!];
    }
    return undefined;
  }

  #entry(key: string): Entry<Value> {
    const entries = (this.#entries ??= new Map<string, Entry<Value>>());
    let entry = entries.get(key);
    if (!entry) entries.set(key, (entry = new Entry<Value>()));
    return entry;
  }
}

/** The map of which this is a moment. */
export function historyOf<Value>(moment: ReadonlyMap<string, Value>): VersionedMap<Value> {
  if (moment instanceof MapAt) return MapAt.historyOf(moment as MapAt<Value>);
  throw new TypeError("The map is no moment of a versioned one.");
}

/** The state of a versioned map at one moment. */
class MapAt<Value> implements ReadonlyMap<string, Value> {
  static historyOf<Value>(moment: MapAt<Value>): VersionedMap<Value> {
    return moment.#map;
  }

  readonly #map: VersionedMap<Value>;
  readonly #time: number;

  constructor(map: VersionedMap<Value>, time: number) {
    this.#map = map;
    this.#time = time;
  }

  get size(): number {
    let size = 0;
    for (const _ of this) size++;
    return size;
  }

  get(key: string): Value | undefined {
    return this.#map.get(key, this.#time);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  entries(): Generator<[string, Value], undefined> {
    return this.#map.entries(this.#time);
  }

  *keys(): Generator<string, undefined> {
    for (const [key] of this.entries()) yield key;
    return undefined;
  }

  *values(): Generator<Value, undefined> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, Value], undefined> {
    return this.entries();
  }

  forEach(
    callback: (value: Value, key: string, map: ReadonlyMap<string, Value>) => void,
    thisArgument?: unknown,
  ): void {
    for (const [key, value] of this) callback.call(thisArgument, value, key, this);
  }
}

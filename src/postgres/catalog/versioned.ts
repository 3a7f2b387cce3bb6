/**
 * Values that keep their past. A replay writes forwards; every earlier moment stays readable without a copy, so a
 * snapshot is a number. Writing is amortised constant time, reading the latest state too, reading the past a binary
 * search over the versions of that one value.
 */

/** One value over time. Times are written in ascending order. */
export class Versions<Value> {
  readonly #times: number[] = [];
  readonly #values: (Value | undefined)[] = [];

  /** The value from `time` on; `undefined` means that it is gone. A second write at one time replaces the first. */
  set(time: number, value: Value | undefined): void {
    const last = this.#times.length - 1;
    if (last >= 0 && this.#times[last] === time) {
      this.#values[last] = value;
    } else {
      this.#times.push(time);
      this.#values.push(value);
    }
  }

  at(time: number): Value | undefined {
    let high = this.#times.length - 1;
    if (high < 0 || this.#times[high]! <= time) return this.#values[high];
    let low = -1;
    while (low < high - 1) {
      const middle = (low + high) >> 1;
      if (this.#times[middle]! <= time) low = middle;
      else high = middle;
    }
    return this.#values[low];
  }
}

interface Placed<Value> {
  readonly slot: number;
  readonly value: Value;
}

/** A map over time. Its order is that of insertion; a renamed entry keeps its place, as a renamed column does. */
export class VersionedMap<Value> {
  readonly #entries = new Map<string, Versions<Placed<Value>>>();
  /** The key at each place of the order. */
  readonly #slots: Versions<string>[] = [];

  get(key: string, time: number): Value | undefined {
    return this.#entries.get(key)?.at(time)?.value;
  }

  set(key: string, value: Value, time: number): void {
    let slot = this.#entries.get(key)?.at(time)?.slot;
    if (slot === undefined) {
      slot = this.#slots.length;
      this.#place(slot, key, time);
    }
    this.#write(key, { slot, value }, time);
  }

  delete(key: string, time: number): void {
    const slot = this.#entries.get(key)?.at(time)?.slot;
    if (slot === undefined) return;
    this.#slots[slot]!.set(time, undefined);
    this.#write(key, undefined, time);
  }

  /** Moves an entry to another key with a new value, in its place. */
  rename(key: string, newKey: string, value: Value, time: number): void {
    const slot = this.#entries.get(key)?.at(time)?.slot;
    if (slot === undefined || key === newKey) return this.set(newKey, value, time);
    this.delete(newKey, time);
    this.#write(key, undefined, time);
    this.#slots[slot]!.set(time, newKey);
    this.#write(newKey, { slot, value }, time);
  }

  at(time: number): ReadonlyMap<string, Value> {
    return new MapAt(this, time);
  }

  *entries(time: number): Generator<[string, Value], undefined> {
    for (const slot of this.#slots) {
      const key = slot.at(time);
      if (key !== undefined) yield [key, this.#entries.get(key)!.at(time)!.value];
    }
    return undefined;
  }

  #place(slot: number, key: string, time: number): void {
    const versions = new Versions<string>();
    versions.set(time, key);
    this.#slots[slot] = versions;
  }

  #write(key: string, placed: Placed<Value> | undefined, time: number): void {
    let versions = this.#entries.get(key);
    if (!versions) this.#entries.set(key, (versions = new Versions()));
    versions.set(time, placed);
  }
}

/** The state of a versioned map at one moment. */
class MapAt<Value> implements ReadonlyMap<string, Value> {
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

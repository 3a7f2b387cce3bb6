/**
 * Keeps what the last two rounds asked for. Neighbouring merges share nearly all of their files, distant ones nearly
 * none, and a lockfile of each would fill the memory.
 */
export class RecentCache<Key, Value> {
  #round = new Map<Key, Value>();
  #before = new Map<Key, Value>();

  get(key: Key): Value | undefined {
    const value = this.#round.get(key);
    if (value !== undefined) return value;
    const kept = this.#before.get(key);
    if (kept !== undefined) this.#round.set(key, kept);
    return kept;
  }

  set(key: Key, value: Value): void {
    this.#round.set(key, value);
  }

  nextRound(): void {
    this.#before = this.#round;
    this.#round = new Map();
  }
}

/** Places tasks on the timeline: each as early as its own window and the tasks before it allow. */

/** Something that happens at one moment; positions are those of `moment.ts`. */
export interface Task {
  readonly key: string;
  /** The first position at which it may happen, and why not before. */
  readonly from: number;
  readonly fromReason?: string;
  /** The last position at which it may happen, and why not after. Absent: there is none. */
  readonly until?: number;
  readonly untilReason?: string;
  /** Tasks that must have happened, and why, by key. */
  readonly needs: ReadonlyMap<string, string>;
}

export interface Placement {
  readonly task: Task;
  readonly position: number;
  /** The task that keeps it from happening earlier; absent where its own window does. */
  readonly heldBy?: string;
}

export interface Timeline {
  /** By position; tasks of one position in the order in which they were given, those that others need before them. */
  readonly placements: readonly Placement[];
  /** Tasks that would have to happen before they can, each with the chain of reasons. */
  readonly contradictions: readonly { readonly key: string; readonly reasons: readonly string[] }[];
}

/** Solves the windows and needs. A need that leads back to its own task is passed over. */
export function solve(tasks: readonly Task[]): Timeline {
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  const placed = new Map<string, Placement>();
  const open = new Set<string>();
  const place = (task: Task): Placement => {
    const known = placed.get(task.key);
    if (known) return known;
    open.add(task.key);
    let position = task.from;
    let heldBy: string | undefined;
    for (const key of task.needs.keys()) {
      const needed = byKey.get(key);
      if (needed === undefined || open.has(key)) continue;
      const before = place(needed);
      if (before.position > position) [position, heldBy] = [before.position, key];
    }
    open.delete(task.key);
    const placement = { task, position, ...(heldBy !== undefined && { heldBy }) };
    placed.set(task.key, placement);
    return placement;
  };
  const all = tasks.map(place);
  const contradictions = all
    .filter(({ task, position }) => task.until !== undefined && position > task.until)
    .map(({ task }) => ({ key: task.key, reasons: chainOf(task.key, placed) }));
  return { placements: inOrder(all, placed), contradictions };
}

/** By position; otherwise as given, but what a task needs stands before it. */
function inOrder(all: readonly Placement[], placed: ReadonlyMap<string, Placement>): readonly Placement[] {
  const ordered = new Set<Placement>();
  const open = new Set<Placement>();
  const put = (placement: Placement): void => {
    if (ordered.has(placement) || open.has(placement)) return;
    open.add(placement);
    for (const key of placement.task.needs.keys()) {
      const needed = placed.get(key);
      if (needed?.position === placement.position) put(needed);
    }
    open.delete(placement);
    ordered.add(placement);
  };
  for (const placement of [...all].sort((one, other) => one.position - other.position)) put(placement);
  return [...ordered];
}

/** Why a task must happen by its end, and why it cannot. */
function chainOf(key: string, placed: ReadonlyMap<string, Placement>): readonly string[] {
  const first = placed.get(key)!;
  const reasons = first.task.untilReason === undefined ? [] : [first.task.untilReason];
  for (let at = first; ;) {
    const held = at.heldBy === undefined ? undefined : placed.get(at.heldBy);
    if (held === undefined) {
      if (at.task.fromReason !== undefined) reasons.push(at.task.fromReason);
      return reasons;
    }
    const need = at.task.needs.get(held.task.key);
    if (need !== undefined) reasons.push(need);
    at = held;
  }
}

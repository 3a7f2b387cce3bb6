import type { Dependent } from "./dependent.js";
import type { QualifiedName } from "./name.js";
import type { Range } from "./position.js";

/** Why PostgreSQL refuses an operation that its grammar accepts, as far as the schema before the operation shows it. */
export interface Refusal {
  /** SQLSTATE. */
  readonly code: string;
  /** PostgreSQL's own words. */
  readonly message: string;
  /** The clause that it is about; absent: the operation's own. */
  readonly range?: Range;
  /** The relations and types that must be known whole for it to be certain; of functions the name with `()`. */
  readonly about: readonly Required<QualifiedName>[];
  /** Whether it rests on something that is nowhere: then all of history must be known. */
  readonly absence?: true;
  /** Where that is a relation: what it is called there. */
  readonly missing?: QualifiedName;
  /** The major version from which on PostgreSQL accepts it. */
  readonly since?: number;
  /** Where other objects are the reason: those. */
  readonly dependents?: readonly Dependent[];
  /** What there is instead, for the reader: the names that come closest. */
  readonly instead?: readonly string[];
}

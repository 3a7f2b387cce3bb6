/** What each operation does to the schema: one row per operation, in terms of the timeline's single changes. */
import type { Operation, OperationType } from "../../model/operation.js";
import { builtinVolatility } from "../function-volatility.js";
import { alterTableChanges } from "./alter-table.js";
import { columnChanges } from "./columns.js";
import { constraintChanges } from "./constraints.js";
import { functionChanges } from "./functions.js";
import { indexChanges } from "./indexes.js";
import { objectChanges } from "./objects.js";
import { partitionChanges } from "./partitions.js";
import { publicationChanges } from "./publications.js";
import { relationChanges } from "./relations.js";
import { schemaChanges } from "./schemas.js";
import { statisticsChanges } from "./statistics.js";
import { learnColumn, mention, type Change, type Changes, type Situation } from "./situation.js";
import { triggerAndPolicyChanges } from "./triggers-and-policies.js";
import { typeChanges } from "./types.js";

/** Statements that tell something of the relations that they name, and those after which not all is known. */
const otherChanges: Changes = {
  Insert: (operation, situation) => void mention(situation, operation.table),
  Update(operation, situation) {
    const history = mention(situation, operation.table);
    for (const column of history ? operation.columns : []) learnColumn(situation.timeline, history!, column);
  },
  Delete: (operation, situation) => void mention(situation, operation.table),
  Merge: (operation, situation) => void mention(situation, operation.table),
  Copy: (operation, situation) => void mention(situation, operation.table),
  Truncate: (operation, situation) => void mention(situation, operation.table),
  LockTable: (operation, situation) => void mention(situation, operation.table),
  Cluster: (operation, situation) => void (operation.table && mention(situation, operation.table)),
  RefreshMaterializedView: (operation, situation) => void mention(situation, operation.view),
  Select(operation, { timeline }) {
    // A function of the user's own may change the schema.
    if (operation.functions.some((name) => builtinVolatility(name) === undefined)) timeline.markIncomplete();
  },
  SetVariable({ variable, value, local, unknown, ofFunction }, { timeline }) {
    if (variable !== "search_path" && variable !== "*") return;
    if (ofFunction === "left") return timeline.leaveFunction();
    const path = value === undefined ? undefined : parseSearchPath(value);
    if (ofFunction === "entered") timeline.enterFunction(path);
    // Where names are looked for from here on is not known; they are still looked for where they were.
    else if (unknown) timeline.markIncomplete();
    else timeline.setSearchPath(path, local);
  },
  TransactionControl(operation, { timeline }) {
    if (operation.kind === "commit" || operation.kind === "rollback") timeline.endTransaction();
    // What a rollback takes back was replayed already.
    if (operation.kind === "rollback" || operation.kind === "rollback to") timeline.markIncomplete();
  },
  DoBlock: (_, { timeline }) => timeline.markIncomplete(),
  Unparsed: (_, { timeline }) => timeline.markIncomplete(),
  ChangeOwner(operation, situation) {
    if (operation.relation && operation.kind !== "index") mention(situation, operation.relation);
  },

  // What these make, move or take away does not stand in the statement.
  AlterExtension(operation, { timeline }) {
    if (operation.action === "update") timeline.markIncomplete();
  },
  Call: (_, { timeline }) => timeline.markIncomplete(),
  CreateExtension: (_, { timeline }) => timeline.markIncomplete(),
  DropOwned: (_, { timeline }) => timeline.markIncomplete(),
  Execute: (_, { timeline }) => timeline.markIncomplete(),
  ImportForeignSchema: (_, { timeline }) => timeline.markIncomplete(),
};

/** Operations that are not listed leave the schema as it is. */
const changes: Changes = {
  ...relationChanges,
  ...columnChanges,
  ...constraintChanges,
  ...indexChanges,
  ...partitionChanges,
  ...alterTableChanges,
  ...typeChanges,
  ...schemaChanges,
  ...functionChanges,
  ...triggerAndPolicyChanges,
  ...statisticsChanges,
  ...publicationChanges,
  ...objectChanges,
  ...otherChanges,
};

/** Folds one operation into the timeline's latest moment. */
export function applyOperation(operation: Operation, situation: Situation): void {
  if (isPassedOver(operation, situation)) return;
  const change = changes[operation.type] as Change<OperationType> | undefined;
  change?.(operation, situation);
}

/** The schemas of a `search_path`; `"$user"` is left out, since a schema of that name is rare. */
export function parseSearchPath(value: string): string[] {
  return value
    .split(",")
    .map((schema) => schema.trim().replace(/^"(.*)"$/, "$1"))
    .filter((schema) => schema !== "" && schema !== "$user");
}

/** IF EXISTS says of a relation that nobody made that it may not be there: it tells nothing of one. */
function isPassedOver(operation: Operation, { timeline }: Situation): boolean {
  if (operation.ifTableExists !== true) return false;
  const name = "table" in operation ? operation.table : "relation" in operation ? operation.relation : undefined;
  return name !== undefined && timeline.history(name) === undefined && timeline.index(name) === undefined;
}

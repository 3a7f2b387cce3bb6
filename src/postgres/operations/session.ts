/** Settings, transactions and DO blocks. */
import type {
  AlterDatabaseSetStmt,
  AlterRoleSetStmt,
  A_Const,
  DefElem,
  DiscardStmt,
  DoStmt,
  FuncCall,
  Node,
  ResTarget,
  SelectStmt,
  TransactionStmt,
  VariableSetStmt,
} from "libpg-query";
import type { Discard, TransactionControl } from "../../model/operation.js";
import { other, reader, type Draft } from "./draft.js";
import { all, as, nameOf, strings } from "./names.js";

/** A constant as written, without quotes; undefined for anything else. */
export function constant(node: Node | undefined): string | undefined {
  const value = as<A_Const>(node, "A_Const");
  if (value === undefined || value.isnull === true) return undefined;
  if (value.sval !== undefined) return value.sval.sval ?? "";
  if (value.fval !== undefined) return value.fval.fval ?? "";
  if (value.boolval !== undefined) return String(value.boolval.boolval === true);
  if (value.ival !== undefined) return String(value.ival.ival ?? 0);
  return undefined;
}

/** The value of SET: a list is joined with commas. */
export function settingValue(nodes: readonly Node[] | undefined): string | undefined {
  const values = (nodes ?? []).map(constant);
  return values.length === 0 || values.includes(undefined) ? undefined : values.join(", ");
}

function variable(name: string, value: string | undefined, local: boolean, unknown = false): Draft {
  return {
    type: "SetVariable",
    variable: name.toLowerCase(),
    ...(value !== undefined && { value }),
    local,
    ...(unknown && { unknown }),
  };
}

function setVariable(statement: VariableSetStmt): Draft[] {
  const local = statement.is_local === true;
  const name = statement.name ?? "";
  switch (statement.kind) {
    case "VAR_RESET_ALL":
      return [variable("*", undefined, false)];
    case "VAR_SET_MULTI": {
      // SET TRANSACTION is for this transaction, SET SESSION CHARACTERISTICS for those that follow.
      const session = name === "SESSION CHARACTERISTICS";
      const modes = all<DefElem>(statement.args, "DefElem").map(({ defname, arg }) =>
        variable(`${session ? "default_" : ""}${defname ?? ""}`, constant(arg), !session),
      );
      return modes.length > 0 ? modes : [other("VariableSetStmt")];
    }
    case "VAR_SET_VALUE":
      return [variable(name, settingValue(statement.args), local)];
    default:
      return [variable(name, undefined, local)];
  }
}

/** `SELECT set_config(…)` with constants, and whether the query does nothing else. */
export function configuredVariables(statement: SelectStmt): {
  readonly variables: Draft[];
  readonly onlyVariables: boolean;
} {
  const variables: Draft[] = [];
  const targets = all<ResTarget>(statement.targetList, "ResTarget");
  for (const { val } of targets) {
    const call = as<FuncCall>(val, "FuncCall");
    if (call === undefined || nameOf(call.funcname).name !== "set_config" || call.args?.length !== 3) continue;
    const [name, value, local] = call.args.map(constantOrCast);
    if (name !== undefined && (local === "true" || local === "false")) {
      variables.push(variable(name, value, local === "true", value === undefined));
    }
  }
  const plain = statement.fromClause === undefined && statement.withClause === undefined;
  return { variables, onlyVariables: plain && variables.length > 0 && variables.length === targets.length };
}

/** `true`, `'t'::bool` and `'5s'::text` are constants too. */
function constantOrCast(node: Node): string | undefined {
  const cast = as<{ arg?: Node; typeName?: { names?: Node[] } }>(node, "TypeCast");
  if (cast === undefined) return constant(node);
  const value = constant(cast.arg);
  if (strings(cast.typeName?.names).at(-1) !== "bool" || value === undefined) return value;
  return String(/^(t|true|y|yes|on|1)$/i.test(value));
}

const TRANSACTION_CONTROL: Readonly<Record<string, TransactionControl["kind"]>> = {
  TRANS_STMT_BEGIN: "begin",
  TRANS_STMT_START: "begin",
  TRANS_STMT_COMMIT: "commit",
  TRANS_STMT_ROLLBACK: "rollback",
  TRANS_STMT_SAVEPOINT: "savepoint",
  TRANS_STMT_RELEASE: "release",
  TRANS_STMT_ROLLBACK_TO: "rollback to",
  TRANS_STMT_PREPARE: "prepare",
};

function transaction(statement: TransactionStmt): Draft[] {
  const kind = TRANSACTION_CONTROL[statement.kind ?? ""];
  // COMMIT PREPARED and ROLLBACK PREPARED end some other transaction.
  if (kind === undefined) return [other("TransactionStmt", {}, true)];
  const control: Draft = { type: "TransactionControl", kind };
  return statement.chain === true ? [control, { type: "TransactionControl", kind: "begin" }] : [control];
}

const DISCARDED: Readonly<Record<string, Discard["target"]>> = {
  DISCARD_PLANS: "plans",
  DISCARD_SEQUENCES: "sequences",
  DISCARD_TEMP: "temporary tables",
};

function doBlock(statement: DoStmt): Draft {
  const options = all<DefElem>(statement.args, "DefElem");
  const option = (name: string): string | undefined => {
    const argument = options.find(({ defname }) => defname === name)?.arg;
    return argument && strings([argument])[0];
  };
  return { type: "DoBlock", language: option("language") ?? "plpgsql", body: option("as") ?? "" };
}

/** ALTER ROLE … SET and ALTER DATABASE … SET: in force for sessions that start later. */
function storedSetting(node: string, statement: AlterRoleSetStmt | AlterDatabaseSetStmt): Draft {
  const { setstmt } = statement;
  const value = setstmt?.kind === "VAR_SET_VALUE" ? settingValue(setstmt.args) : undefined;
  return other(node, {
    setting: {
      variable: setstmt?.kind === "VAR_RESET_ALL" ? "*" : (setstmt?.name ?? "").toLowerCase(),
      ...(value !== undefined && { value }),
    },
  });
}

export const sessionReaders = {
  VariableSetStmt: reader<VariableSetStmt>(setVariable),
  DiscardStmt: reader<DiscardStmt>(({ target }) => {
    const discard: Draft = { type: "Discard", target: DISCARDED[target ?? ""] ?? "all" };
    return discard.target === "all" ? [variable("*", undefined, false), discard] : [discard];
  }),
  TransactionStmt: reader<TransactionStmt>(transaction),
  DoStmt: reader<DoStmt>((statement) => [doBlock(statement)]),
  AlterRoleSetStmt: reader<AlterRoleSetStmt>((statement) => [storedSetting("AlterRoleSetStmt", statement)]),
  AlterDatabaseSetStmt: reader<AlterDatabaseSetStmt>((statement) => [storedSetting("AlterDatabaseSetStmt", statement)]),
};

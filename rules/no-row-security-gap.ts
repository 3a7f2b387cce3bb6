/** Rights that running code loses: rows that no policy shows it any more, privileges and ownership that it works with. */
import {
  ByName,
  defineRule,
  formatName,
  listNames,
  migrationOf,
  oncePerChange,
  operationsOfChange,
  type PlacedOperationOf,
  precedes,
  quoteIdentifier,
  type RuleMigration,
  statementsTogether,
} from "../src/rule/index.js";
import type { Policy, Table } from "../src/model/catalog.js";
import type { Operation, OperationOf } from "../src/model/operation.js";
import type { QualifiedName } from "../src/model/name.js";

const EVERYBODY_ELSE = "everybody but its owner, superusers and roles with BYPASSRLS";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow taking rows and rights from running code: row security without policies, REVOKE, owners",
      recommended: "warn",
      category: "Compatibility",
      harm: "breaks code",
    },
    messages: {
      noPolicy: `With row security and no policy, ${EVERYBODY_ELSE} sees no row of {{table}} and cannot write to it, from here on until there is a policy. Create the policies first, or in the same transaction.`,
      gap: `Between this and the transaction that creates a policy on {{table}} again, what {{policy}} allowed is allowed to nobody but its owner, superusers and roles with BYPASSRLS. Do both in one transaction{{alter}}.`,
      lost: `{{policy}} is the last policy of {{table}} for {{command}}: without it ${EVERYBODY_ELSE} {{loses}}. Create the policy that takes its place in the same transaction.`,
      open: "{{policy}} is restrictive: without it the other policies of {{table}} alone decide, and rows that it kept back are there for all. Create the policy that takes its place in the same transaction.",
      revoke:
        "{{roles}} {{lose}} {{privileges}} on {{object}}: code that runs as {{them}} and needs it fails from here on. Revoke it once no running code does.",
      owner:
        "{{object}} goes to {{owner}}: code that runs as its owner so far loses every right on it that was not granted, from here on. Grant that role what it needs in the same transaction.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      AlterTable(op) {
        if (op.subcommand !== "EnableRowSecurity" || !migration.isLive(op)) return;
        const table = migration.before(op).table(op.table);
        // Of a table that no migration made, the policies are not known.
        if (table?.createdIn === undefined || table.rowSecurity?.enabled) return;
        if (policiesAtEnd(op, op.table, migration)?.length !== 0) return;
        context.report({ node: op, messageId: "noPolicy", data: migration.describe(op) });
      },
      DropPolicy(op) {
        if (!migration.isLive(op) || isReplaced(op, migration, "here")) return;
        const data = { ...migration.describe(op), policy: quoteIdentifier(op.policy) };
        const table = migration.before(op).table(op.table);
        if (isReplaced(op, migration, "later")) {
          const alter = ", or change the policy with ALTER POLICY";
          context.report({ node: op, messageId: "gap", data: { ...data, alter } });
          return;
        }
        const policy = table?.policies?.find(({ name }) => name === op.policy);
        if (!policy || !table?.rowSecurity?.enabled) return;
        const left = policiesAtEnd(op, op.table, migration);
        if (!left) return;
        if (!policy.permissive) context.report({ node: op, messageId: "open", data });
        else if (!left.some((other) => other.permissive && covers(other, policy))) {
          const all = policy.command === "all";
          const command = all ? "anything" : policy.command.toUpperCase();
          const loses = all ? "sees no row of it and cannot write to it" : `can ${policy.command} no row of it`;
          context.report({ node: op, messageId: "lost", data: { ...data, command, loses } });
        }
      },
      Revoke(op) {
        if (op.grantOptionOnly || !op.relation || !migration.isLive(op, op.relation)) return;
        const roles = op.roles.filter((role) => role !== "public" && !isGrantedAgain(op, role, migration));
        if (roles.length === 0) return;
        const [first] = roles;
        context.report({
          node: op,
          messageId: "revoke",
          data: {
            roles: listNames(roles.map(quoteIdentifier)),
            lose: roles.length === 1 ? "loses" : "lose",
            them: roles.length === 1 ? quoteIdentifier(first ?? "") : "them",
            privileges: op.privileges.includes("all") ? "every privilege" : listNames(op.privileges.map(upper)),
            object: formatName(op.relation),
          },
        });
      },
      ChangeOwner(op) {
        const { relation, owner } = op;
        if (!relation || owner === undefined || ITSELF.has(owner) || !migration.isLive(op, relation)) return;
        context.report({
          node: op,
          messageId: "owner",
          data: { object: formatName(relation), owner: quoteIdentifier(owner) },
        });
      },
    };
  },
});

/** Who runs the migration, and mostly owns the tables already. */
const ITSELF: ReadonlySet<string> = new Set(["current_user", "current_role", "session_user"]);

function upper(privilege: string): string {
  return privilege.toUpperCase();
}

/** The policies that a table has when the transaction ends; undefined where it is gone by then. */
function policiesAtEnd(op: Operation, table: QualifiedName, migration: RuleMigration): readonly Policy[] | undefined {
  const end = statementsTogether(migration, op).at(-1)?.after ?? migration.after(op);
  const found: Table | undefined = end.table(table);
  return found && (found.policies ?? []);
}

/** Whether a policy is created on the table behind the drop: in the same transaction, or in a later one of the change. */
function isReplaced(op: OperationOf<"DropPolicy">, migration: RuleMigration, where: "here" | "later"): boolean {
  const together = new Set(statementsTogether(migration, op));
  return newPolicies(migration)
    .of(migration.before(op).qualify(op.table))
    .some(({ operation, statement }) => {
      if (together.has(statement) !== (where === "here") || !precedes(op, operation, migration)) return false;
      return where === "later" || operation.policy === op.policy;
    });
}

/** The policies that this change creates, by their tables. */
const newPolicies = oncePerChange((migration) => {
  const found = new ByName<PlacedOperationOf<"CreatePolicy">>();
  for (const placed of operationsOfChange(migration, "CreatePolicy")) {
    found.add(placed.statement.before.qualify(placed.operation.table), placed);
  }
  return found;
});

function qualified(op: Operation, name: QualifiedName, migration: RuleMigration): string {
  const { schema, name: bare } = migration.before(op).qualify(name);
  return `${schema}.${bare}`;
}

function covers(other: Policy, { command }: Policy): boolean {
  return other.command === "all" || other.command === command;
}

/** Whether a later statement of the transaction grants the role something on the same relation. */
function isGrantedAgain(op: OperationOf<"Revoke">, role: string, migration: RuleMigration): boolean {
  const { relation } = op;
  if (!relation) return false;
  const wanted = qualified(op, relation, migration);
  let behind = false;
  for (const { statement } of statementsTogether(migration, op)) {
    for (const operation of statement.operations) {
      if (operation === op) behind = true;
      else if (behind && operation.type === "Grant" && operation.relation && operation.roles.includes(role)) {
        if (qualified(operation, operation.relation, migration) === wanted) return true;
      }
    }
  }
  return false;
}

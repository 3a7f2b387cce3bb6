/** Who owns what and who may do what with it; comments, which name their objects in the same way. */
import type {
  AccessPriv,
  AlterDefaultPrivilegesStmt,
  AlterOwnerStmt,
  CommentStmt,
  DropOwnedStmt,
  GrantRoleStmt,
  GrantStmt,
  Node,
  RangeVar,
  ReassignOwnedStmt,
  SecLabelStmt,
} from "libpg-query";
import type { Comment, Grant, ObjectKind, Revoke } from "../../model/object-operation.js";
import { reader, type Draft } from "./draft.js";
import { all, as, objectParts, qualified, relationName, roleName, roleNames, strings } from "./names.js";
import { objectKind, splitName } from "./object-kinds.js";
import { objectName } from "./objects.js";

type About = Pick<Comment, "kind" | "relation" | "name">;

function about(kind: ObjectKind, object: Node | undefined): About {
  const split = splitName(kind, objectParts(object));
  if (split === undefined) return { kind, name: objectName(kind, object) };
  return { kind, relation: qualified(split.relation), ...(split.part !== undefined && { name: { name: split.part } }) };
}

type Given = Pick<Grant, "privileges" | "columns" | "roles">;

function given(statement: GrantStmt): Given {
  const privileges = all<AccessPriv>(statement.privileges, "AccessPriv");
  const columns = [...new Set(privileges.flatMap(({ cols }) => strings(cols)))];
  // One privilege on the whole relation makes the statement about all of it.
  const ofColumns = privileges.length > 0 && privileges.every(({ cols }) => cols !== undefined);
  return {
    privileges: privileges.length === 0 ? ["all"] : privileges.map(({ priv_name }) => priv_name ?? "all"),
    ...(ofColumns && { columns }),
    roles: roleNames(statement.grantees),
  };
}

type WithoutType<Kind> = Omit<Kind, "type" | "range" | "statement">;

function grantOrRevoke(statement: GrantStmt | GrantRoleStmt, facts: WithoutType<Grant>): Draft {
  if (statement.is_grant === true) return { type: "Grant", ...facts };
  const cascade = statement.behavior === "DROP_CASCADE";
  const grantOptionOnly = "grant_option" in statement ? statement.grant_option === true : "opt" in statement;
  const revoke: WithoutType<Revoke> = { ...facts, cascade, grantOptionOnly };
  return { type: "Revoke", ...revoke };
}

/** One operation an object. */
function privileges(statement: GrantStmt): Draft[] {
  const kind = objectKind(statement.objtype);
  const facts = given(statement);
  return (statement.objects ?? []).map((object) => {
    if (statement.targtype === "ACL_TARGET_ALL_IN_SCHEMA") {
      return grantOrRevoke(statement, { kind, ...facts, inSchema: objectParts(object)[0] ?? "" });
    }
    const relation = as<RangeVar>(object, "RangeVar");
    return relation === undefined
      ? grantOrRevoke(statement, { ...facts, kind, name: objectName(kind, object) })
      : grantOrRevoke(statement, { ...facts, kind, relation: relationName(relation) });
  });
}

function membership(statement: GrantRoleStmt): Draft[] {
  const roles = roleNames(statement.grantee_roles);
  return all<AccessPriv>(statement.granted_roles, "AccessPriv").map(({ priv_name = "" }) =>
    grantOrRevoke(statement, { kind: "role", name: { name: priv_name }, privileges: [], roles }),
  );
}

function comment({ objtype, object }: CommentStmt | SecLabelStmt, securityLabel: boolean): Draft {
  return { type: "Comment", ...about(objectKind(objtype), object), securityLabel };
}

export const privilegeReaders = {
  GrantStmt: reader<GrantStmt>(privileges),
  GrantRoleStmt: reader<GrantRoleStmt>(membership),
  AlterDefaultPrivilegesStmt: reader<AlterDefaultPrivilegesStmt>(({ action = {} }) => {
    const { privileges, roles } = given(action);
    const revoke = action.is_grant !== true;
    return [{ type: "AlterDefaultPrivileges", kind: objectKind(action.objtype), revoke, privileges, roles }];
  }),
  AlterOwnerStmt: reader<AlterOwnerStmt>(({ objectType, object, newowner }) => [
    { type: "ChangeOwner", ...about(objectKind(objectType), object), owner: roleName(newowner) },
  ]),
  ReassignOwnedStmt: reader<ReassignOwnedStmt>(({ roles, newrole }) => [
    { type: "ReassignOwned", roles: roleNames(roles), owner: roleName(newrole) },
  ]),
  DropOwnedStmt: reader<DropOwnedStmt>(({ roles, behavior }) => [
    { type: "DropOwned", roles: roleNames(roles), cascade: behavior === "DROP_CASCADE" },
  ]),
  CommentStmt: reader<CommentStmt>((statement) => [comment(statement, false)]),
  SecLabelStmt: reader<SecLabelStmt>((statement) => [comment(statement, true)]),
};

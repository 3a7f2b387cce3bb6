/** The privileges of relations: PostgreSQL drops them with a view, and a view in a table's place has none of the table's. */
import { literal } from "./names.js";

/** What a person does about relations that are made anew, as sentences. */
export function addGrants(relations: readonly string[]): string {
  return `Add the GRANTs that no migration has. Before the step this prints all of them: \`${grantsOf(relations)}\``;
}

/** A query that prints the GRANTs of relations, but those of their owners. @param relations As SQL. */
export function grantsOf(relations: readonly string[]): string {
  const among = relations.map((name) => `${literal(name)}::regclass`).join(", ");
  return (
    "SELECT format('GRANT %s ON %s TO %s%s;', privilege_type, oid::regclass, " +
    "CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END, " +
    "CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END) " +
    `FROM pg_class, aclexplode(relacl) WHERE oid IN (${among}) AND grantee <> relowner;`
  );
}

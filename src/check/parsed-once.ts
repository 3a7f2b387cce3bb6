import { type ParsedMigration, type ParseMigration, parseMigration } from "../change/parse-migration.js";

/** Parses each file once for several versions of PostgreSQL: what a file says does not depend on the version. */
export function parsedOnce(parse: ParseMigration = parseMigration): ParseMigration {
  const sides = new Map<unknown, Map<string, ParsedMigration>>();
  return (text, file, read, program) => {
    let parsed = sides.get(program?.files);
    if (parsed === undefined) sides.set(program?.files, (parsed = new Map<string, ParsedMigration>()));
    const key = `${file}\0${text}`;
    let migration = parsed.get(key);
    if (migration === undefined) parsed.set(key, (migration = parse(text, file, read, program)));
    return migration;
  };
}

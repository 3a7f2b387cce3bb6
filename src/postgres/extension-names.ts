/** Names by which SQL shows that an extension has to be there: of types, operator classes and functions that it makes. */
const NAMES: Readonly<Record<string, RegExp>> = {
  citext: /\bcitext\b/i,
  hstore: /\bhstore\b/i,
  ltree: /\bl(?:tree|query|txtquery)\b/i,
  pg_trgm: /\b(?:gin|gist)_trgm_ops\b/i,
  pgcrypto: /\b(?:gen_random_bytes|gen_salt|pgp_(?:sym|pub)_\w+)\b/i,
  postgis: /\b(?:geometry|geography|st_\w+)\b/i,
  unaccent: /\bunaccent\b/i,
  "uuid-ossp": /\buuid_(?:generate_v\d\w*|nil|ns_\w+)\b/i,
  vector: /\b(?:half|sparse)?vec(?:tor)?(?:_\w+_ops\b|\s*\(\s*\d)/i,
};

/** Whether PostgreSQL takes a statement only where the extension is; false where that is not known. */
export function needsExtension(sql: string, extension: string): boolean {
  return NAMES[extension]?.test(sql) ?? false;
}

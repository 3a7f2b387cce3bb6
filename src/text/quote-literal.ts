/** A string constant of SQL: `'it''s'`, `E'a\\b'`. PostgreSQL documentation, section 4.1.2.1 and 4.1.2.2. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

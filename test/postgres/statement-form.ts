/** A statement that the tests measure, and short ways to write many of them. */

export interface StatementForm {
  /** The heading that it stands under. */
  readonly section: string;
  readonly sql: string;
  /** The first major version that knows it: those before refuse it. Absent: all that are measured. */
  readonly since?: number;
  readonly before: { readonly schema: string; readonly setup: string };
}

/** A statement, or one with the statements that go before it. */
export type Written = string | readonly [setup: string, sql: string] | Since;

interface Since {
  readonly since: number;
  readonly form: Exclude<Written, Since>;
}

export function since(version: number, form: Exclude<Written, Since>): Since {
  return { since: version, form };
}

/** Forms without a setup come first: they share one schema, since each is rolled back. */
export function on(schema: string, section: string, written: readonly Written[]): StatementForm[] {
  const forms = written.map((entry): StatementForm => {
    const known = typeof entry === "object" && "since" in entry ? entry : undefined;
    const form = known?.form ?? (entry as Exclude<Written, Since>);
    const [setup, sql] = typeof form === "string" ? ["", form] : form;
    return { section, sql, before: { schema, setup }, ...(known && { since: known.since }) };
  });
  return forms.sort((a, b) => Number(a.before.setup !== "") - Number(b.before.setup !== ""));
}

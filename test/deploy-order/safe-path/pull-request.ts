/** A pull request as data: what the code sends before it and after it, and what its migration does. */
import type { DeploySetting } from "../../../src/model/configuration.js";

/** What code sends; each `:n` is another number in each run. */
export type Queries = readonly string[];

export interface PullRequest {
  readonly title: string;
  /** Further statements of the base, behind the shop's. */
  readonly schema?: string;
  readonly rows?: string;
  readonly migration: string;
  readonly postgres?: number;
  readonly deploy?: DeploySetting;
  /** The code that runs now. */
  readonly running: Queries;
  /** The code of the pull request. */
  readonly next: Queries;
  /** The code of the pull requests that the plan puts before that one; the plan says how many. */
  readonly between?: readonly Queries[];
  /** What a person does where the plan leaves the values to them, by the step's name. */
  readonly decided?: Readonly<Record<string, string>>;
  /** What goes wrong if the whole migration runs first, and if the code is deployed first. Absent: nothing. */
  readonly naive: { readonly migrationFirst?: string; readonly codeFirst?: string };
  /** Queries at the end, with what they answer. */
  readonly finally?: readonly (readonly [sql: string, answer: unknown])[];
  /** What stays different from the schema that the migration makes. Default: nothing. */
  readonly leaves?: readonly string[];
}

export const SHOP = `
CREATE TYPE status AS ENUM ('new', 'held', 'paid');
CREATE TABLE accounts (id bigint PRIMARY KEY, email text, name text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, account_id bigint, code varchar(20), total numeric NOT NULL DEFAULT 0,
  state status NOT NULL DEFAULT 'new', legacy_ref text, kind text NOT NULL, note text
);
CREATE INDEX orders_note_idx ON orders (note);
CREATE TABLE visits (id int PRIMARY KEY, page text NOT NULL DEFAULT '/', seconds int);
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE state = 'new';
`;

export const SHOP_ROWS = `
INSERT INTO accounts SELECT n, 'a' || n || '@shop.example', 'Ann ' || n FROM generate_series(1, 5) AS n;
INSERT INTO orders (id, account_id, code, total, state, legacy_ref, kind, note)
  SELECT n, CASE WHEN n % 4 > 0 THEN n % 5 + 1 END, 'c' || n, n, (ARRAY['new', 'paid'])[n % 2 + 1]::status, 'r' || n, 'web', 'note ' || n
  FROM generate_series(1, 12) AS n;
INSERT INTO visits (id, seconds) SELECT n, n FROM generate_series(1, 12) AS n;
`;

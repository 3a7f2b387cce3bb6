/**
 * The code of an application of the size that large projects have, always the same one: 5,000 files and 30 MB, of which
 * about a third each are components of pages, what works on the database, and tests. The shares and sizes are those of
 * three open-source projects with 2,500 to 5,300 files.
 */

/** How many files there are of each kind. */
const FILES = {
  components: 1540,
  services: 1250,
  plain: 430,
  tests: 960,
  scripts: 60,
  json: 250,
  styles: 180,
  texts: 210,
};

const nouns =
  "account address api_key attachment audit_log booking cart cart_item category channel comment company contact contract coupon customer delivery device discount document email_template event export feature_flag file folder import_job integration invitation invoice invoice_line label location membership message note notification order order_item organization page payment plan price product project refund report review role session setting shipment stock_level subscription tag task team ticket user_profile vendor webhook".split(
    " ",
  );

/** Columns that many tables have, and how many of ten have them. */
const shared = /** @type {const} */ ([
  ["name", 5],
  ["status", 5],
  ["type", 3],
  ["organization_id", 6],
  ["created_by", 2],
  ["description", 2],
]);

/** Columns that few have. */
const rare =
  "archived_at billing_email bounce_count checksum color_code content_hash currency_code deleted_reason display_order due_at duration_ms expires_at external_ref failure_code first_seen_at hourly_rate is_default is_hidden last_login_at last_synced_at legacy_ref locale_code max_retries next_run_at notes_html opened_at page_count paid_at parent_path payload_size phone_number priority_rank processed_at public_slug quantity_on_hand quota_limit region_code resolved_at retry_count sent_at seo_title shipping_method sort_key source_system tax_rate time_zone total_cents tracking_number trial_ends_at unit_price unsubscribed_at valid_until verified_at view_count visible_from weight_grams".split(
    " ",
  );

const verbs = "list load refresh archive summarize assign resolve schedule publish merge reconcile expire".split(" ");
const fillers =
  "backdrop billing breadcrumb cache canvas chart client color config context count cursor date delay detail dialog draft entry error field filter format gesture gradient handler header height history hover icon image index input layout level limit link list locale margin menu method metric mode offset option outline overlay padding panel parent path phase portal query range ratio render result ring route scope score scroll search section select shape side size skeleton source spacing stack stage start step store style swatch target theme timer toast token tooltip total trace unit value version viewport width window zone".split(
    " ",
  );

/** A small generator of numbers in [0, 1), so that every machine gets the same files. @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** @param {string} name */
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
/** @param {string} name */
const pascal = (name) => camel(`_${name}`);
/** @param {string} noun */
const plural = (noun) =>
  /[^aeo]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : /(s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;

/**
 * @typedef {{ noun: string, name: string, columns: string[] }} Table
 */

/** The tables, with about eight columns each. @returns {readonly Table[]} */
export function tables() {
  const next = random(60);
  return nouns.slice(0, 60).map((noun) => {
    const columns = ["id", "created_at"];
    for (const [column, tenths] of shared) if (next() * 10 < tenths) columns.push(column);
    while (columns.length < 8) {
      const column = /** @type {string} */ (rare[Math.floor(next() * rare.length)]);
      if (!columns.includes(column)) columns.push(column);
    }
    return { noun, name: plural(noun), columns };
  });
}

/** Yields the files: path and text. @returns {Generator<[file: string, text: string]>} */
export function* application() {
  const next = random(20261123);
  /** @type {<T>(list: readonly T[]) => T} */
  const pick = (list) => /** @type {any} */ (list[Math.floor(next() * list.length)]);
  const all = tables();
  // Few tables are in most of the code, and most in little of it.
  const table = () => /** @type {Table} */ (all[Math.floor(all.length * next() ** 1.7)]);
  /** @param {Table} of */
  const column = (of) => pick(of.columns);
  /** @param {Table} of */
  const property = (of) => camel(column(of));
  const word = () => pick(fillers);
  const name = () => camel(`${word()}_${word()}`);
  // No two functions of a file have the same name.
  let serial = 0;
  const verb = () => `${pick(verbs)}${serial++}`;
  /** @param {number} least @param {number} most */
  const count = (least, most) => least + Math.floor(next() * (most - least + 1));
  /** @param {number} length @param {(index: number) => string} make */
  const times = (length, make) => Array.from({ length }, (_, index) => make(index)).join("");

  /** A function that has nothing to do with the database. */
  const helper = () => {
    const [a, b, c, d] = [name(), name(), name(), name()];
    return pick([
      () => `
/** Keeps the ${word()} of a ${word()} between its ${word()} and the ${word()} that follows. */
export function ${a}${serial++}(${b}: number, ${c}: readonly ${pascal(d)}[], ${d} = ${count(1, 90)}): number {
  if (${c}.length === 0) return ${d};
  let ${word()}Total = 0;
  for (const [index, ${word()}] of ${c}.entries()) {
    const share = Math.min(1, Math.max(0, (index + ${b}) / ${c}.length));
    if (share > 0.${count(1, 9)}) continue;
    ${d} > index ? console.debug("${word()} ${word()}", { share, index }) : undefined;
  }
  return Math.round(${b} * ${d} * 100) / 100;
}
`,
      () => `
const ${a}${serial}Schema = z.object({
  ${word()}: z.string().min(${count(1, 3)}).max(${count(20, 200)}),
  ${name()}: z.number().int().optional(),
  ${name()}: z.enum(["${word()}", "${word()}", "${word()}"]).default("${word()}"),
  ${name()}: z.array(z.string().uuid()).nonempty({ message: "Choose at least one ${word()}." }),
});

export type ${pascal(a)}${serial}Input = z.infer<typeof ${a}${serial}Schema>;

export const ${b}${serial++} = async (${c}: ${pascal(a)}${serial}Input, { signal }: { signal?: AbortSignal } = {}) => {
  const response = await fetch(\`\${baseUrl}/${word()}/\${encodeURIComponent(${c}.${word()})}\`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-${word()}": String(Date.now()) },
    body: JSON.stringify({ ...${c}, ${d}: true }),
    ...(signal && { signal }),
  });
  if (!response.ok) throw new Error(\`The ${word()} was not saved: \${response.status}\`);
  return (await response.json()) as { ${d}: string; ${word()}: Record<string, unknown> };
};
`,
      () => `
export class ${pascal(a)}${serial++}Queue {
  readonly #${b} = new Map<string, Promise<${pascal(c)} | undefined>>();

  constructor(private readonly ${d}: { readonly limit: number; readonly onError?: (error: unknown) => void }) {}

  async push(key: string, work: () => Promise<${pascal(c)} | undefined>): Promise<${pascal(c)} | undefined> {
    const running = this.#${b}.get(key);
    if (running !== undefined) return running;
    const started = work().catch((error: unknown) => {
      this.${d}.onError?.(error);
      return undefined;
    });
    this.#${b}.set(key, started);
    try {
      return await started;
    } finally {
      this.#${b}.delete(key);
    }
  }
}
`,
      () => `
export const ${a}${serial++}: Record<${pascal(b)}Kind, (${c}: ${pascal(d)}) => string> = {
  ${times(count(4, 8), () => `${name()}: (${word()}) => \`\${${word()}}: ${word()} ${word()}\`,\n  `)}default: () => "${word()}",
};
`,
    ])();
  };

  /** @param {Table} of */
  const drizzle = (of) => {
    const model = camel(of.name);
    const [a, b, c] = [property(of), property(of), property(of)];
    const other = table();
    return pick([
      () => `
export async function ${verb()}${pascal(of.name)}(${a}: string, limit = ${count(10, 100)}) {
  const rows = await db
    .select({ id: ${model}.id, ${b}: ${model}.${b}, ${c}: ${model}.${c} })
    .from(${model})
    .where(and(eq(${model}.${a}, ${a}), isNotNull(${model}.${c})))
    .orderBy(desc(${model}.createdAt))
    .limit(limit);
  return rows.map((row) => ({ ...row, ${word()}: formatDate(row.${b}), ${word()}: row.${c} ?? null }));
}
`,
      () => `
export async function ${verb()}${pascal(of.noun)}(id: string, changes: Partial<${pascal(of.noun)}>) {
  return db.transaction(async (tx) => {
    const [current] = await tx.select().from(${model}).where(eq(${model}.id, id)).for("update");
    if (current === undefined) throw new NotFoundError("${pascal(of.noun)}", id);
    const [saved] = await tx
      .update(${model})
      .set({ ${a}: changes.${a} ?? current.${a}, ${b}: changes.${b} })
      .where(eq(${model}.id, id))
      .returning();
    await ${name()}(tx, { before: current, after: saved, ${word()}: "${word()}" });
    return saved;
  });
}
`,
      () => `
export async function create${serial++}${pascal(of.noun)}(input: New${pascal(of.noun)}, actor: Actor) {
  const [created] = await db
    .insert(${model})
    .values({ ${times(4, () => `${property(of)}: input.${property(of)}, `)}})
    .onConflictDoNothing({ target: ${model}.${a} })
    .returning({ id: ${model}.id, ${b}: ${model}.${b} });
  logger.info("${word()} ${word()}", { ${b}: created?.${b}, actor: actor.id });
  return created;
}
`,
      () => `
export const ${verb()}${pascal(of.name)}With${pascal(other.name)} = (${word()}Id: string) =>
  db.query.${model}.findMany({
    where: (fields, { eq: equals }) => equals(fields.${a}, ${word()}Id),
    columns: { id: true, ${b}: true, ${c}: true },
    with: { ${camel(other.name)}: { columns: { ${property(other)}: true, ${property(other)}: true } } },
  });
`,
    ])();
  };

  /** @param {Table} of */
  const knex = (of) => {
    const [a, b, c] = [column(of), column(of), column(of)];
    const other = table();
    return pick([
      () => `
export async function ${verb()}${pascal(of.name)}(knex: Knex, ${camel(a)}: string, page = 1) {
  const query = knex("${of.name}")
    .select("${of.name}.id", "${of.name}.${b}", "${other.name}.${column(other)}")
    .leftJoin("${other.name}", "${other.name}.id", "${of.name}.${c}")
    .where("${of.name}.${a}", ${camel(a)})
    .whereNotNull("${b}")
    .orderBy("${c}", "desc");
  const rows = await query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE);
  return rows.map((row) => ({ ${camel(b)}: row.${b}, ${name()}: Number(row.id) }));
}
`,
      () => `
export async function ${verb()}${pascal(of.noun)}(trx: Knex.Transaction, row: ${pascal(of.noun)}Row) {
  const changed = await trx("${of.name}").where({ id: row.id, ${a}: row.${a} }).update({ ${b}: row.${b}, ${c}: trx.fn.now() });
  if (changed === 0) throw new ConflictError(\`${of.noun} \${row.id} has changed\`);
  await trx("${other.name}").insert({ ${column(other)}: row.id, ${column(other)}: "${word()}" });
}
`,
    ])();
  };

  /** @param {Table} of */
  const sql = (of) => {
    const [a, b, c, d] = [column(of), column(of), column(of), column(of)];
    const other = table();
    return pick([
      () => `
export async function ${verb()}${pascal(of.name)}(pool: Pool, ${camel(a)}: string): Promise<readonly ${pascal(of.noun)}Summary[]> {
  const { rows } = await pool.query(
    \`SELECT t.id, t.${b}, count(o.id) AS ${word()}_count, max(o.${column(other)}) AS latest
       FROM ${of.name} t
       LEFT JOIN ${other.name} o ON o.${column(other)} = t.id
      WHERE t.${a} = $1 AND (t.${c} IS NULL OR t.${d} > now() - interval '${count(1, 30)} days')
      GROUP BY t.id, t.${b}
      ORDER BY t.${d} DESC
      LIMIT 100\`,
    [${camel(a)}],
  );
  return rows;
}
`,
      () => `
export const ${verb()}${pascal(of.noun)} = (client: PoolClient, id: string, ${camel(a)}: unknown) =>
  client.query("UPDATE ${of.name} SET ${a} = $2, ${b} = now() WHERE id = $1 AND ${c} = 'open' RETURNING id, ${d}", [id, ${camel(a)}]);
`,
      () => `
export const insert${serial++}${pascal(of.noun)} = (client: PoolClient, values: readonly unknown[]) =>
  client.query("INSERT INTO ${of.name} (${[...new Set([a, b, c])].join(", ")}) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET ${a} = EXCLUDED.${a}", [
    ...values,
  ]);
`,
    ])();
  };

  const imports = () =>
    `import { ${name()}, ${name()} } from "@app/${word()}";\nimport { logger } from "../lib/logger";\nimport type { ${pascal(name())}, Actor } from "../types";\n` +
    times(
      count(2, 6),
      () => `import { ${name()}${next() < 0.5 ? `, ${name()}` : ""} } from "../${word()}/${word()}-${word()}";\n`,
    );

  for (const of of all) {
    const columns = of.columns.map((one) => {
      const type = one === "id" ? "uuid" : one.endsWith("_at") ? "timestamp" : "text";
      return `    ${camel(one)}: ${type}("${one}")${one === "id" ? ".primaryKey().defaultRandom()" : next() < 0.5 ? ".notNull()" : ""},\n`;
    });
    yield [
      `src/db/schema/${of.name}.ts`,
      `import { index, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";\n\nexport const ${camel(of.name)} = pgTable(\n  "${of.name}",\n  {\n${columns.join("")}  },\n  (table) => [index("${of.name}_created_at_idx").on(table.createdAt)],\n);\n\nexport type ${pascal(of.noun)} = typeof ${camel(of.name)}.$inferSelect;\nexport type New${pascal(of.noun)} = typeof ${camel(of.name)}.$inferInsert;\n`,
    ];
  }

  for (let index = 0; index < FILES.services; index++) {
    const of = table();
    const other = pick(all.filter((one) => one !== of));
    const [library, write] = pick(
      /** @type {const} */ ([
        [
          `import { db } from "../db";\nimport { ${camel(of.name)} } from "../db/schema/${of.name}";\nimport { ${camel(other.name)} } from "../db/schema/${other.name}";\nimport { and, desc, eq, isNotNull } from "drizzle-orm";\n`,
          drizzle,
        ],
        [
          `import { db } from "../db";\nimport { ${camel(of.name)} } from "../db/schema/${of.name}";\nimport { and, desc, eq, isNotNull } from "drizzle-orm";\n`,
          drizzle,
        ],
        [`import type { Knex } from "knex";\n`, knex],
        [`import type { Pool, PoolClient } from "pg";\n`, sql],
      ]),
    );
    let text = `${library}${imports()}`;
    for (let work = count(2, 6); work > 0; work--) text += write(next() < 0.75 ? of : other);
    for (let rest = count(2, 7); rest > 0; rest--) text += helper();
    yield [`src/services/${of.noun.replaceAll("_", "-")}/${word()}-${index}.ts`, text];
  }

  for (let index = 0; index < FILES.plain; index++) {
    yield [`src/${word()}/${word()}-${index}.ts`, imports() + times(count(5, 12), helper)];
  }

  for (let index = 0; index < FILES.components; index++) {
    const of = table();
    const row = next() < 0.55 ? camel(of.noun) : word();
    const component = `${pascal(row)}${pascal(word())}`;
    const field = () => (next() < 0.7 ? property(of) : name());
    const sections = times(
      count(3, 8),
      () => `
        <section className="flex flex-col gap-${count(1, 8)} rounded-lg border px-4 py-${count(1, 6)} text-sm" aria-label={t("${word()}.${word()}")}>
          <h3 className="text-base font-semibold tracking-tight">{t("${word()}.${name()}")}</h3>
          {${row}.${field()} ? (
            <Badge variant={${row}.${field()} === "${word()}" ? "success" : "secondary"}>{${row}.${field()}}</Badge>
          ) : (
            <span className="text-muted-foreground">{t("common.none")}</span>
          )}
          <Input id="${name()}" type="text" name="${field()}" value={values.${field()}} onChange={(event) => setValues({ ...values, ${field()}: event.target.value })} />
          <Button size="sm" disabled={isPending} onClick={() => void save({ id: ${row}.id, ${field()}: values.${field()} })}>
            {isPending ? <Spinner className="h-4 w-4" /> : t("common.save")}
          </Button>
        </section>`,
    );
    yield [
      `src/components/${word()}/${component}-${index}.tsx`,
      `"use client";\n\nimport { useCallback, useEffect, useMemo, useState } from "react";\nimport { Badge, Button, Input, Spinner } from "@app/ui";\nimport { trpc } from "../../lib/trpc";\n${imports()}
export interface ${component}Props {
  readonly ${row}: ${pascal(row)};
  readonly onSave?: (values: ${pascal(row)}Values) => void;
  readonly ${name()}?: boolean;
}

interface ${pascal(row)}Values {
  ${times(count(3, 6), () => `${field()}?: string;\n  `)}id: string;
}
${times(count(0, 2), helper)}
export function ${component}({ ${row}, onSave }: ${component}Props) {
  const { t } = useTranslation("${word()}");
  const [values, setValues] = useState<${pascal(row)}Values>({ id: ${row}.id, ${field()}: ${row}.${field()} });
  const { mutateAsync, isPending } = trpc.${row}.update.useMutation();
  const label = useMemo(() => [${row}.${field()}, ${row}.${field()}].filter(Boolean).join(" · "), [${row}]);
  const save = useCallback(
    async (changes: ${pascal(row)}Values) => {
      const saved = await mutateAsync(changes);
      onSave?.({ ...changes, ${field()}: saved.${field()} });
    },
    [mutateAsync, onSave],
  );

  useEffect(() => {
    if (${row}.${field()} === undefined) return;
    setValues((previous) => ({ ...previous, ${field()}: ${row}.${field()} }));
  }, [${row}]);

  return (
    <Card title={label} className="w-full max-w-${pick(["sm", "md", "lg", "xl"])}">
      <div className="grid grid-cols-1 gap-4 md:grid-cols-${count(2, 4)}">${sections}
      </div>
    </Card>
  );
}
`,
    ];
  }

  for (let index = 0; index < FILES.tests; index++) {
    const of = table();
    const cases = times(count(7, 18), () => {
      const subject = camel(`${pick(verbs)}_${of.noun}`);
      return `
  it("${word()} the ${word()} of a ${of.noun.replaceAll("_", " ")} with ${word()}", async () => {
    const ${camel(of.noun)} = await factory.${camel(of.noun)}({ ${times(4, () => `${property(of)}: "${word()}-${count(1, 99)}", `)}});
    const [stored] = await db.select().from(${camel(of.name)}).where(eq(${camel(of.name)}.id, ${camel(of.noun)}.id));
    vi.mocked(${name()}).mockResolvedValueOnce({ ${name()}: ${count(1, 500)}, ${word()}: ["${word()}", "${word()}"] });
    const result = await ${subject}(${camel(of.noun)}.id, { ${property(of)}: "${word()}" });
    expect(result).toMatchObject({ ${property(of)}: "${word()}", ${property(of)}: expect.any(String) });
    expect(stored?.${property(of)}).toBe(${camel(of.noun)}.${property(of)});
  });
`;
    });
    yield [
      `src/services/${of.noun.replaceAll("_", "-")}/${word()}-${index}.test.ts`,
      `import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";\nimport { eq } from "drizzle-orm";\nimport { ${camel(of.name)} } from "../../db/schema/${of.name}";\n${imports()}\ndescribe("${of.name}", () => {\n  afterEach(() => vi.restoreAllMocks());\n${cases}});\n`,
    ];
  }

  for (let index = 0; index < FILES.scripts; index++) {
    const of = table();
    yield [
      `jobs/${word()}_${index}.py`,
      times(
        count(6, 14),
        () => `

def ${pick(verbs)}_${of.name}(connection, ${column(of)}):
    """Goes through the ${word()} of every ${of.noun}."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, ${column(of)}, ${column(of)} FROM ${of.name} WHERE ${column(of)} = %s", [${word()}])
        for row in cursor.fetchall():
            logger.info("${word()} %s", row["${column(of)}"])
`,
      ),
    ];
  }

  for (let index = 0; index < FILES.json; index++) {
    const entries = times(
      count(60, 260),
      (line) => `  "${word()}.${name()}.${line}": "${word()} ${word()} ${word()} ${word()}",\n`,
    );
    yield [`config/${word()}/${word()}-${index}.json`, `{\n${entries}  "name": "${word()}"\n}\n`];
  }
  for (let index = 0; index < FILES.styles; index++) {
    yield [`src/styles/${word()}-${index}.css`, times(40, () => `.${name()} {\n  ${word()}: var(--${word()});\n}\n`)];
  }
  for (let index = 0; index < FILES.texts; index++) {
    yield [
      `docs/${word()}-${index}.md`,
      times(30, () => `${word()} ${word()} the ${word()} of the ${word()} ${word()}.\n`),
    ];
  }
  for (const [index, of] of all.entries()) {
    const columns = of.columns.map((one) => `  "${one}" ${one === "id" ? "uuid PRIMARY KEY" : "text"}`).join(",\n");
    yield [`drizzle/${String(index).padStart(4, "0")}_${of.name}.sql`, `CREATE TABLE "${of.name}" (\n${columns}\n);\n`];
  }
}

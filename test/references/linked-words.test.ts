import { describe, expect, it, test } from "vitest";
import { languageOf } from "../../src/references/application-files.js";
import { LazyScript, NotInParts } from "../../src/references/lazy-script.js";
import { linkedWords } from "../../src/references/linked-words.js";
import { referencesInScript } from "../../src/references/script-references.js";
import { type Found, Sought } from "../../src/references/sought.js";
import { mayHaveRows, mayNameTable } from "../../src/references/table-methods.js";
import { readSets } from "./labelled-set.js";

/** The words that stand for the table `orders`, each with what stands beside it. */
function linked(text: string): readonly string[] {
  const hits = Array.from(text.matchAll(/(?<![A-Za-z0-9$])(?:orders?|Orders?)(?:Repo)?(?![\w$])/g), ({ index }) => ({
    offset: index,
    values: ["orders"],
  }));
  const { parts } = new LazyScript(text, { jsx: true });
  return linkedWords(text, parts, hits).map(({ offset }) => text.slice(Math.max(0, offset - 8), offset + 8));
}

describe("a word that may name the table to a database", () => {
  it.each([
    "const rows = await prisma.order.findMany({});",
    "const rows = await prisma . order ?. findMany({});",
    'const rows = await prisma["order"].findMany({});',
    "const rows = await (prisma.order as any).findMany({});",
    "const rows = await db.select().from(schema.orders);",
    "const rows = await db\n  .insert(models.Order)\n  .values(row);",
    'const rows = await knex("orders").where({ id });',
    'const rows = await knex<Row>("orders as o").where({ id });',
    'const rows = await knex.from({ o: "orders" }).where({ id });',
    'const rows = await supabase.from("orders").select("*");',
    'const rows = await supabase.from("shop.orders").select("*");',
    'const rows = await client.query("SELECT * FROM orders");',
    'const rows = await client.query("SELECT * FROM accounts a, orders o");',
    "const rows = await client.query(`\n  update\n    orders\n  set status = $1`);",
    "const rows = await client.query(`\n  select 1 from accounts,\n    orders`);",
    'const rows = await query("accounts").whereRaw("total > 1 and lower(orders.name) = ?");',
    'const rows = await client.query("UPDATE ONLY orders SET status = 1");',
    'const TABLE = "orders";',
    'const columns = ["orders.id"];',
    'const set = new ColumnSet(["id"], { table: "orders" });',
    "const found = await em.find(Order, { id });",
    "const found = await Order.findOne({ id });",
    "const found = await this.orderRepo.findOne({ id });",
    "class Store {\n  constructor(@InjectRepository(Order) private readonly store: Store) {}\n}",
    "class Store {\n  constructor(private readonly store: Repository<Order>) {}\n}",
    'import { orders } from "./tables";',
    'const { orders } = require("./tables");',
    'export const orders = pgTable("other", {});',
    "const rows = await prisma.account.findMany({ include: { orders: true } });",
    "const rows = await prisma.account.findMany({ include });\nshow(rows[0].orders.name);",
    'import type { Account } from "@prisma/client";\n\nexport const show = (account: Account) => account.order.name;',
  ])("%s", (text) => {
    expect(linked(text)).not.toEqual([]);
  });
});

describe("a word that is prose, or a variable that nothing says to be a row", () => {
  it.each([
    "// What the order costs.\nshow(1);",
    "show(1); // orders of today, from orders",
    "// What only order items need.\nshow(1);",
    "show(`only orders`, `update order-list`);",
    'show("the order is late");',
    'show("Order your books today");',
    'show("/orders/new", "orders-list");',
    'import { show } from "./orders";',
    'if (role === "order") show(1);',
    'const item = { kind: "order", label: t("order") };',
    "export const Item = () => <Order className='new-order' />;",
    "export const Item = () => <p>Order now, or order later</p>;",
    "export const show = (order) => order.status;",
    "const { order } = useOrder();\nshow(order.status, order?.name);",
    "const { mutate } = trpc.order.update.useMutation();",
    "for (const order of list) show(`${order.name}`);",
  ])("%s", (text) => {
    const lines = text.split("\n").filter((line) => !/^import/.test(line));
    expect(linked(lines.join("\n"))).toEqual([]);
  });
});

it("keeps the variables of a script that names the table, and no prose", () => {
  const script =
    "const order = await prisma.order.findUnique({});\n\nexport const show = () => `the order ${order.name}`;\n";
  expect(linked(script)).toEqual(["const order = ", " prisma.order.fi", "order ${order.na"]);
});

const LONG = 300_000;

it.each([
  "order, ",
  "`order`, ",
  "'order' ",
  "order.name ",
  "order\n",
  "{ order: 1 } ",
  "\n",
  "prisma",
  "knex",
  ".delete(",
  "SELECT ",
  '"select ',
  "update a b ",
  'from "',
  "from order ",
  "this.",
  "Model    ",
])("a long text of %j comes to an end, where a quadratic look would run out of the test's time", (text) => {
  const long = `start order ${text.repeat(LONG / text.length)}`;
  expect(linked(long).length).toBeLessThan(LONG);
  expect([mayNameTable(long), mayHaveRows(long)]).toHaveLength(2);
});

const common = (sought: Sought): Sought => {
  sought.common = new Set(sought.targets);
  return sought;
};

const placesIn = (found: readonly Found[]): readonly string[] =>
  found.map(({ target, grade, kind, offset }) => `${String(offset)} ${target.key} ${grade} ${kind ?? ""}`).sort();

test.each(readSets().map((set) => [`${set.half}: ${set.name}`, set] as const))(
  "%s: what is left out has no reference to a name that is all over the code",
  (_, { files, targets }) => {
    for (const unnamed of [false, true]) {
      const sought = common(new Sought(targets, [], unnamed));
      for (const [file, text] of files) {
        if (languageOf(file) !== "script") continue;
        const options = { jsx: !/\.[cm]?ts$/.test(file) };
        const all = placesIn(referencesInScript(new LazyScript(text, options, true), sought));
        try {
          expect(placesIn(referencesInScript(new LazyScript(text, options), sought)), file).toEqual(all);
        } catch (error) {
          if (!(error instanceof NotInParts)) throw error;
        }
      }
    }
  },
);

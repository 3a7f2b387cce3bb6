import type { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import type { DirectiveNote } from "../../src/rule/linted-migration.js";
import { lintSql, linters } from "./lint-sql.js";

const INDEX = "migration-safety/no-blocking-index-build";
const COLUMN = "migration-safety/no-not-null-without-default";
const surroundings = { history: ["CREATE TABLE orders (id bigint, account_id bigint, status text);"] };
const rules: Linter.RulesRecord = { [INDEX]: "error", [COLUMN]: "error" };
const config = { rules, linterOptions: { reportUnusedDisableDirectives: "warn" } } as const;

/** A statement of four lines with a finding on its third and fourth. */
const COLUMNS = `ALTER TABLE orders
  ALTER COLUMN status DROP NOT NULL,
  ADD COLUMN ref text NOT NULL,
  ADD COLUMN code text NOT NULL;
`;
const BUILD = "CREATE INDEX orders_account_idx ON orders (account_id);\n";

/** `line:column rule` of what is reported, and of what is silenced with its reasons. */
function outcome(code: string, Linter?: (typeof linters)[string]) {
  const { messages, suppressed } = lintSql(code, { surroundings, config, ...(Linter && { Linter }) });
  return {
    reported: messages.map(({ line, column, ruleId, message }) => `${line}:${column} ${ruleId ?? message}`),
    silenced: suppressed.map(
      ({ line, column, suppressions }) =>
        `${line}:${column} ${suppressions.map(({ justification }) => justification).join("; ")}`,
    ),
  };
}

describe.each(Object.entries(linters))("directives on %s", (_, Linter) => {
  it("leave alone what they do not name", () => {
    expect(outcome(COLUMNS + BUILD, Linter)).toEqual({
      reported: [`3:3 ${COLUMN}`, `4:3 ${COLUMN}`, `5:1 ${INDEX}`],
      silenced: [],
    });
  });

  it.each([
    ["eslint's name in a line comment", `-- eslint-disable-next-line ${COLUMN} -- empty table\n`],
    ["eslint's name in a block comment", `/* eslint-disable-next-line ${COLUMN} -- empty table */\n`],
    ["our name for it", "-- migration-safety-disable-next-line no-not-null-without-default -- empty table\n"],
    ["our name and the rule's full name", `-- migration-safety-disable-next-line ${COLUMN} -- empty table\n`],
    [
      "two of our rules",
      "-- migration-safety-disable-next-line no-blocking-index-build,no-not-null-without-default -- empty table\n",
    ],
  ])("cover the whole next statement: %s", (_name, directive) => {
    const { reported, silenced } = outcome(directive + COLUMNS + BUILD, Linter);
    expect(reported.filter((entry) => !entry.includes("Unused"))).toEqual([`6:1 ${INDEX}`]);
    expect(silenced).toEqual(["4:3 empty table", "5:3 empty table"]);
  });

  it("cover the next statement behind other comments, lines of text and empty lines", () => {
    const code = `-- eslint-disable-next-line ${COLUMN} -- empty table
-- It was made yesterday.
/* Nobody
   writes to it. */

${COLUMNS}${COLUMNS}`;
    expect(outcome(code, Linter)).toEqual({
      reported: [`12:3 ${COLUMN}`, `13:3 ${COLUMN}`],
      silenced: ["8:3 empty table", "9:3 empty table"],
    });
  });

  it("add up when they are stacked", () => {
    const code = `-- eslint-disable-next-line ${COLUMN} -- empty table
-- eslint-disable-next-line ${INDEX} -- not used
ALTER TABLE orders
  ADD COLUMN ref text NOT NULL;
`;
    expect(outcome(code, Linter)).toEqual({
      reported: [`2:1 Unused eslint-disable directive (no problems were reported from '${INDEX}').`],
      silenced: ["3:1 empty table"],
    });
  });

  it("may repeat each other", () => {
    const directive = `-- eslint-disable-next-line ${COLUMN} -- empty table\n`;
    expect(outcome(directive + directive + COLUMNS + COLUMNS, Linter)).toEqual({
      reported: [
        `1:1 Unused eslint-disable directive (no problems were reported from '${COLUMN}').`,
        `9:3 ${COLUMN}`,
        `10:3 ${COLUMN}`,
      ],
      silenced: ["5:3 empty table; empty table", "6:3 empty table; empty table"],
    });
  });

  it("cover every statement that starts on a line of the next one", () => {
    const code = `-- eslint-disable-next-line ${INDEX} -- small
${BUILD.trimEnd()} ${BUILD.trimEnd()}
${BUILD}`;
    expect(outcome(code, Linter)).toEqual({ reported: [`3:1 ${INDEX}`], silenced: ["2:1 small", "2:57 small"] });
  });

  it("cover the statement that follows them on their own line", () => {
    const code = `/* eslint-disable-next-line ${INDEX} -- small */ ${BUILD}${BUILD}`;
    expect(outcome(code, Linter).reported).toEqual([`2:1 ${INDEX}`]);
  });

  it("cover the next statement from behind the one before", () => {
    const code = `SELECT 1; -- eslint-disable-next-line ${COLUMN} -- empty table\n${COLUMNS}`;
    expect(outcome(code, Linter)).toEqual({ reported: [], silenced: ["4:3 empty table", "5:3 empty table"] });
  });

  it("cover one clause from inside a statement", () => {
    const code = `ALTER TABLE orders
  -- eslint-disable-next-line ${COLUMN} -- filled by a trigger
  ADD COLUMN ref text NOT NULL,
  ADD COLUMN code text NOT NULL;
`;
    expect(outcome(code, Linter)).toEqual({ reported: [`4:3 ${COLUMN}`], silenced: ["3:3 filled by a trigger"] });
  });

  it("cover their own line", () => {
    const code = `${BUILD.trimEnd()} -- eslint-disable-line ${INDEX} -- small\n${BUILD}`;
    expect(outcome(code, Linter)).toEqual({ reported: [`2:1 ${INDEX}`], silenced: ["1:1 small"] });
  });

  it.each([
    ["eslint-disable", `/* eslint-disable ${INDEX} -- small */\n`, `/* eslint-enable ${INDEX} */\n`],
    ["our own", "-- migration-safety-disable no-blocking-index-build -- small\n", "-- migration-safety-enable\n"],
  ])("cover the file, up to where they are lifted: %s", (_name, disable, enable) => {
    expect(outcome(disable + BUILD + BUILD + enable + BUILD, Linter)).toEqual({
      reported: [`5:1 ${INDEX}`],
      silenced: ["2:1 small", "3:1 small"],
    });
  });

  it("do not end a block of the file's author", () => {
    const code = `/* eslint-disable ${COLUMN} -- all empty */
-- eslint-disable-next-line ${COLUMN} -- empty table
${COLUMNS}${COLUMNS}`;
    expect(outcome(code, Linter)).toEqual({
      reported: [`2:1 Unused eslint-disable directive (no problems were reported from '${COLUMN}').`],
      silenced: ["5:3 all empty", "6:3 all empty", "9:3 all empty", "10:3 all empty"],
    });
  });

  it("do not end a block that one of them begins on the statement's last line", () => {
    const code = `-- eslint-disable-next-line ${COLUMN} -- first
${COLUMNS.trimEnd()} -- eslint-disable-next-line ${COLUMN} -- second
${COLUMNS}${COLUMNS}`;
    expect(outcome(code, Linter).reported).toEqual([`12:3 ${COLUMN}`, `13:3 ${COLUMN}`]);
  });

  it("cover everything where they name nothing", () => {
    const code = `-- eslint-disable-next-line -- all of it\n${COLUMNS}${BUILD}`;
    expect(outcome(code, Linter)).toEqual({ reported: [`6:1 ${INDEX}`], silenced: ["4:3 all of it", "5:3 all of it"] });
  });

  it("of our own must name a rule", () => {
    expect(outcome(`-- migration-safety-disable-next-line -- why\n${BUILD}`, Linter).reported).toEqual([
      "1:1 `migration-safety-disable-next-line` names no rule and silences nothing here. " +
        "Name the rule and give a reason: `migration-safety-disable-next-line RULE -- reason`.",
      `2:1 ${INDEX}`,
    ]);
  });

  it("with the name of no rule are reported once", () => {
    const code = `-- migration-safety-disable-next-line no-such-rule -- why\n${COLUMNS}`;
    const { messages } = lintSql(code, { surroundings, config, Linter });
    expect(messages.map(({ line, message }) => `${line} ${message.slice(0, 70)}`)).toEqual([
      "1 Definition for rule 'migration-safety/no-such-rule' was not found.",
      expect.stringMatching(/^4 /),
      expect.stringMatching(/^5 /),
    ]);
  });

  it("in comments may also set a rule's level", () => {
    expect(outcome(`/* eslint ${INDEX}: "off" */\n${BUILD}`, Linter)).toEqual({ reported: [], silenced: [] });
    expect(outcome(`/* eslint ${INDEX}: nonsense */\n${BUILD}`, Linter).reported).toEqual([
      expect.stringMatching(/^1:1 Failed to parse JSON from/),
      `2:1 ${INDEX}`,
    ]);
  });

  it("are found only where a comment begins with them", () => {
    const code = `-- See eslint-disable-next-line ${INDEX} -- no\nSELECT '-- eslint-disable ${INDEX}';\n${BUILD}`;
    expect(outcome(code, Linter).reported).toEqual([`3:1 ${INDEX}`]);
  });

  it("count UTF-16 units, whatever stands before them", () => {
    const code = `/* 🐘🐘 */ SELECT '🐘'; /* eslint-disable ${INDEX} -- small */ ${BUILD.trimEnd()} /* eslint-enable */ ${BUILD}`;
    expect(outcome(code, Linter)).toEqual({
      reported: [`1:${code.lastIndexOf("CREATE") + 1} ${INDEX}`],
      silenced: [`1:${code.indexOf("CREATE") + 1} small`],
    });
  });
});

describe.each(Object.entries(linters))("the autofix of unused directives on %s", (_, Linter) => {
  const fixed = (code: string) => lintSql(code, { surroundings, config, Linter, fix: true }).output;

  it.each([
    [`-- eslint-disable-next-line ${INDEX} -- why\nSELECT 1;`, " \nSELECT 1;"],
    [`-- migration-safety-disable-next-line no-blocking-index-build -- why\nSELECT\n 1;`, " \nSELECT\n 1;"],
    [
      `-- eslint-disable-next-line ${COLUMN}, ${INDEX} -- why\n${COLUMNS}`,
      `-- eslint-disable-next-line ${COLUMN} -- why\n${COLUMNS}`,
    ],
    [
      `-- migration-safety-disable-next-line no-blocking-index-build, no-not-null-without-default -- why\n${COLUMNS}`,
      `-- migration-safety-disable-next-line no-not-null-without-default -- why\n${COLUMNS}`,
    ],
    [
      `-- migration-safety-disable-next-line no-not-null-without-default, no-blocking-index-build -- why\n${COLUMNS}`,
      `-- migration-safety-disable-next-line no-not-null-without-default -- why\n${COLUMNS}`,
    ],
    [
      `-- migration-safety-disable no-table-rewrite,no-blocking-index-build, no-rename -- why\nSELECT 1;`.replace(
        "no-rename",
        "no-not-null-without-default",
      ),
      " \nSELECT 1;",
    ],
  ])("removes the rule, or the comment with its last one: %j", (code, expected) => {
    expect(fixed(code)).toBe(expected);
  });
});

describe("directives for the Action and the command line", () => {
  function strict(code: string) {
    const notes: DirectiveNote[] = [];
    const { messages, suppressed } = lintSql(code, { surroundings, config, onNote: (note) => notes.push(note) });
    return {
      reported: messages.map(({ line, ruleId, message }) => `${line} ${ruleId ?? message}`),
      silenced: suppressed.map(({ line }) => line),
      notes: notes.map(({ line, message }) => `${line} ${message}`),
    };
  }

  it("silence with a rule and a reason", () => {
    expect(strict(`-- eslint-disable-next-line ${INDEX} -- small\n${BUILD}`)).toEqual({
      reported: [],
      silenced: [2],
      notes: [],
    });
    expect(strict(`-- migration-safety-disable no-blocking-index-build -- small\n${BUILD}${BUILD}`)).toEqual({
      reported: [],
      silenced: [2, 3],
      notes: [],
    });
  });

  it("do nothing without a rule", () => {
    expect(strict(`-- eslint-disable-next-line -- small\n${BUILD}`)).toEqual({
      reported: [`2 ${INDEX}`],
      silenced: [],
      notes: [
        "1 `eslint-disable-next-line` names no rule and silences nothing here. Name the rule and give a reason: " +
          "`eslint-disable-next-line migration-safety/RULE -- reason`.",
      ],
    });
  });

  it("do nothing without a reason", () => {
    expect(strict(`\n/* eslint-disable ${INDEX} */\n${BUILD}`)).toEqual({
      reported: [`3 ${INDEX}`],
      silenced: [],
      notes: [
        `2 \`eslint-disable ${INDEX}\` gives no reason and silences nothing here. Add one: ` +
          `\`eslint-disable ${INDEX} -- reason\`.`,
      ],
    });
  });

  it("do nothing for a rule that does not exist", () => {
    expect(strict(`-- migration-safety-disable-next-line no-index -- small\n${BUILD}`)).toEqual({
      reported: [`2 ${INDEX}`],
      silenced: [],
      notes: ["1 `migration-safety-disable-next-line` names migration-safety/no-index, and there is no such rule."],
    });
  });

  it("say nothing about other plugins' rules", () => {
    expect(strict(`-- eslint-disable-next-line other/rule\n${BUILD}`)).toEqual({
      reported: [`2 ${INDEX}`],
      silenced: [],
      notes: [],
    });
    expect(strict(`-- eslint-disable-next-line other/rule, ${INDEX} -- small\n${BUILD}`)).toEqual({
      reported: [],
      silenced: [2],
      notes: [],
    });
  });

  it("do not change levels", () => {
    expect(strict(`/* eslint ${INDEX}: "off" */\n/* eslint no-undef: "off" */\n${BUILD}`)).toEqual({
      reported: [`3 ${INDEX}`],
      silenced: [],
      notes: [
        `1 The comment \`eslint ${INDEX}: "off"\` changes nothing here. Set a rule's level in ` +
          ".github/migration-safety.yml, or silence one statement: " +
          "`-- migration-safety-disable-next-line RULE -- reason`.",
      ],
    });
  });
});

/** Functions and triggers as Sequelize writes them (`lib/dialects/postgres/query-generator.js`). */
import { quoted, sqlText, Text } from "../evaluator/text.js";
import { List, option, textOf, textsOf, truthOf, type Value } from "../evaluator/value.js";
import { nameOf, tableOf } from "./columns.js";
import { hole } from "./types.js";

/** What is put into the SQL as it is: names of functions and types, bodies. */
function plain(value: Value, name: string): Text {
  return textOf(value) ?? hole(value, "any", name);
}

/** `in a integer, b text` */
function parameters(list: Value): Text {
  const all = list instanceof List ? list.items : [];
  return Text.join(
    all.map((parameter) => {
      const words = ["direction", "name", "type"].flatMap((property) => textOf(option(parameter, property)) ?? []);
      return words.length === 0 ? hole(parameter, "any", "parameter") : Text.join(words, " ");
    }),
    ", ",
  );
}

function words(list: Value): Text {
  return Text.join(textsOf(list), " ");
}

export function createFunction([
  name,
  params,
  returns,
  language,
  body,
  more,
  options,
]: readonly Value[]): readonly Text[] {
  const declared = option(options, "variables");
  const variables = (declared instanceof List ? declared.items : []).map((variable) => {
    const value = textOf(option(variable, "default"));
    return sqlText`DECLARE ${plain(option(variable, "name"), "name")} ${plain(option(variable, "type"), "type")}${value ? sqlText` := ${value}` : ""};`;
  });
  const create = truthOf(option(options, "force")) === true ? "CREATE OR REPLACE FUNCTION" : "CREATE FUNCTION";
  return [
    sqlText`${create} ${plain(name, "function")}(${parameters(params)}) RETURNS ${plain(returns, "type")} AS $func$ ${Text.join(variables, " ")} BEGIN ${plain(body, "body")} END; $func$ language '${plain(language, "language")}'${words(more)};`,
  ];
}

export function dropFunction([name, params]: readonly Value[]): readonly Text[] {
  return [sqlText`DROP FUNCTION ${plain(name, "function")}(${parameters(params)}) RESTRICT;`];
}

export function renameFunction([from, params, to]: readonly Value[]): readonly Text[] {
  return [
    sqlText`ALTER FUNCTION ${plain(from, "function")}(${parameters(params)}) RENAME TO ${plain(to, "function")};`,
  ];
}

const TIMINGS: Readonly<Record<string, string>> = {
  after: "AFTER",
  before: "BEFORE",
  instead_of: "INSTEAD OF",
  after_constraint: "AFTER",
};

export function createTrigger([table, name, timing, events, callee, params, more]: readonly Value[]): readonly Text[] {
  const when = textOf(timing)?.known ?? "";
  const on = Text.join(
    textsOf(events).map((event) => event.map((text) => text.toUpperCase())),
    " OR ",
  );
  const create = when === "after_constraint" ? "CREATE CONSTRAINT TRIGGER" : "CREATE TRIGGER";
  const rest = words(more);
  return [
    sqlText`${create} ${nameOf(name)} ${TIMINGS[when] ?? hole(timing, "any", "timing")} ${on} ON ${tableOf(table)} ${rest} EXECUTE PROCEDURE ${plain(callee, "function")}(${parameters(params)});`,
  ];
}

export function dropTrigger([table, name]: readonly Value[]): readonly Text[] {
  return [sqlText`DROP TRIGGER ${nameOf(name)} ON ${tableOf(table)} RESTRICT;`];
}

export function renameTrigger([table, from, to]: readonly Value[]): readonly Text[] {
  return [sqlText`ALTER TRIGGER ${nameOf(from)} ON ${tableOf(table)} RENAME TO ${nameOf(to)};`];
}

export function createDatabase([name, options]: readonly Value[]): readonly Text[] {
  const part = (property: string, word: string): Text | string => {
    const text = textOf(option(options, property));
    return text === undefined ? "" : sqlText` ${word} = '${text}'`;
  };
  return [
    sqlText`CREATE DATABASE ${tableOf(name)}${part("encoding", "ENCODING")}${part("collate", "LC_COLLATE")}${part("ctype", "LC_CTYPE")}${part("template", "TEMPLATE")};`,
  ];
}

export function dropDatabase([name]: readonly Value[]): readonly Text[] {
  return [sqlText`DROP DATABASE IF EXISTS ${tableOf(name)};`];
}

export function dropEnum([name]: readonly Value[]): readonly Text[] {
  return [sqlText`DROP TYPE IF EXISTS ${quoted(textOf(name) ?? hole(name, "identifier", "type"))};`];
}

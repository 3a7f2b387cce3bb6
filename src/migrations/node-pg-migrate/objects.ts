/** Everything but tables as node-pg-migrate writes it (`src/operations/` of the package). */
import { literal, sqlText, Text } from "../evaluator/text.js";
import { Dictionary, List, option, textOf, truthOf, type Value } from "../evaluator/value.js";
import type { Operation } from "./tables.js";
import { sequenceOptions } from "./tables.js";
import { appliedType, clause, escapeValue, isOn, listOf, nameOf, names, sqlOf, when } from "./values.js";

/** `DROP … IF EXISTS "name" CASCADE`; the name is the first argument. */
const dropped =
  (kind: string): Operation =>
  ([name, options]) => [
    sqlText`DROP ${kind}${when(options, "ifExists", " IF EXISTS")} ${nameOf(name)}${when(options, "cascade", " CASCADE")}`,
  ];

/** `DROP … IF EXISTS "name" ON "table" CASCADE`; the table is the first argument. */
const droppedOn =
  (kind: string): Operation =>
  ([table, name, options]) => [
    sqlText`DROP ${kind}${when(options, "ifExists", " IF EXISTS")} ${nameOf(name)} ON ${nameOf(table)}${when(options, "cascade", " CASCADE")}`,
  ];

const renamed =
  (kind: string): Operation =>
  ([name, to]) => [sqlText`ALTER ${kind} ${nameOf(name)} RENAME TO ${nameOf(to)}`];

const renamedOn =
  (kind: string): Operation =>
  ([table, name, to]) => [sqlText`ALTER ${kind} ${nameOf(name)} ON ${nameOf(table)} RENAME TO ${nameOf(to)}`];

const renamedIn =
  (kind: string, part: string): Operation =>
  ([name, from, to]) => [sqlText`ALTER ${kind} ${nameOf(name)} RENAME ${part}${nameOf(from)} TO ${nameOf(to)}`];

const typeOf = (type: Value, shorthands: Value): Text => {
  const made = appliedType(type, shorthands).get("type");
  return made instanceof Dictionary ? nameOf(made) : sqlOf(made);
};

/** `(IN "a" integer DEFAULT 1)` */
function params(list: Value, shorthands: Value): Text {
  const one = (parameter: Value): Text => {
    const options = appliedType(parameter, shorthands);
    const value = options.get("default");
    const parts = [
      ...listOf(options.get("mode")).map(sqlOf),
      ...listOf(options.get("name")).map(nameOf),
      sqlOf(options.get("type")),
      ...(value === undefined ? [] : [sqlText`DEFAULT ${escapeValue(value)}`]),
    ];
    return Text.join(parts, " ");
  };
  return sqlText`(${Text.join(listOf(list).map(one), ", ")})`;
}

/** `security_barrier, check_option = local` */
function parameters(options: Value, only: (value: Value) => boolean = () => true): Text {
  const entries = options instanceof Dictionary ? [...options.properties].filter(([, value]) => only(value)) : [];
  return Text.join(
    entries.map(([name, value]) => (value === true || value === null ? name : sqlText`${name} = ${sqlOf(value)}`)),
    ", ",
  );
}

function inBrackets(words: string, inside: Text): Text | string {
  return inside.toString() === "" ? "" : sqlText`${words}(${inside})`;
}

const privileges = (value: Value): Text => Text.join(listOf(value).map(sqlOf), ", ");

const roles = (value: Value): Text =>
  Text.join(
    listOf(value).map((role) => (textOf(role)?.known === "PUBLIC" ? "PUBLIC" : nameOf(role))),
    ", ",
  );

const tables = (options: Value): Text => {
  const some = option(options, "tables");
  return textOf(some)?.known === "ALL"
    ? sqlText`ALL TABLES IN SCHEMA ${nameOf(option(options, "schema"))}`
    : names(some);
};

const createFunction: Operation = ([name, functionParams, options, definition], shorthands) => {
  const security = textOf(option(options, "security"));
  const settings = listOf(option(options, "set")).map((setting) => {
    const value = sqlOf(option(setting, "value"));
    const to = value.known === "FROM CURRENT" ? "" : "TO ";
    return sqlText` SET ${nameOf(option(setting, "configurationParameter"))} ${to}${value}`;
  });
  return [
    Text.join([
      sqlText`CREATE${when(options, "replace", " OR REPLACE")} FUNCTION ${nameOf(name)}${params(functionParams, shorthands)}`,
      sqlText` RETURNS ${sqlOf(option(options, "returns") ?? Text.of("void"))} AS ${escapeValue(definition)}`,
      sqlText` ${sqlOf(option(options, "behavior") ?? Text.of("VOLATILE"))}`,
      clause(options, "language", (language) => sqlText` LANGUAGE ${language}`),
      security === undefined || security.known === "INVOKER" ? "" : sqlText` SECURITY ${security}`,
      when(options, "window", " WINDOW"),
      when(options, "onNull", " RETURNS NULL ON NULL INPUT"),
      clause(options, "parallel", (parallel) => sqlText` PARALLEL ${parallel}`),
      ...settings,
    ]),
  ];
};

const dropFunction: Operation = ([name, functionParams, options], shorthands) => {
  const withoutDefaults = listOf(functionParams).map((one) =>
    one instanceof Dictionary ? new Dictionary([...one.properties].filter(([key]) => key !== "default")) : one,
  );
  return [
    sqlText`DROP FUNCTION${when(options, "ifExists", " IF EXISTS")} ${nameOf(name)}${params(new List(withoutDefaults), shorthands)}${when(options, "cascade", " CASCADE")}`,
  ];
};

const createTrigger: Operation = ([table, name, options, definition], shorthands) => {
  const isConstraint = isOn(options, "constraint");
  const at = isConstraint ? Text.of("AFTER") : sqlOf(option(options, "when"));
  const level = /instead\s+of/i.test(at.toString())
    ? Text.of("ROW")
    : sqlOf(option(options, "level") ?? Text.of("STATEMENT"));
  const called = option(options, "function") ?? name;
  const waits = isOn(options, "deferrable")
    ? `DEFERRABLE INITIALLY ${isOn(options, "deferred") ? "DEFERRED" : "IMMEDIATE"} `
    : "NOT DEFERRABLE ";
  const trigger = Text.join([
    sqlText`CREATE${isConstraint ? " CONSTRAINT" : ""} TRIGGER ${nameOf(name)} ${at} `,
    sqlText`${Text.join(listOf(option(options, "operation")).map(sqlOf), " OR ")} ON ${nameOf(table)} `,
    isConstraint ? waits : "",
    sqlText`FOR EACH ${level} `,
    clause(options, "condition", (condition) => sqlText`WHEN (${condition}) `),
    sqlText`EXECUTE PROCEDURE ${nameOf(called)}(${Text.join(listOf(option(options, "functionParams")).map(escapeValue), ", ")})`,
  ]);
  if (definition === undefined) return [trigger];
  const own = new Dictionary(options instanceof Dictionary ? options.properties : []);
  own.properties.set("returns", Text.of("trigger"));
  return [...createFunction([called, new List([]), own, definition], shorthands), trigger];
};

const domainActions = (options: Value): readonly Text[] => {
  const value = option(options, "default");
  const notNull = option(options, "notNull");
  const actions: Text[] = [];
  if (value === null) actions.push(Text.of("DROP DEFAULT"));
  else if (value !== undefined) actions.push(sqlText`SET DEFAULT ${escapeValue(value)}`);
  if (truthOf(notNull) === true) actions.push(Text.of("SET NOT NULL"));
  else if (notNull === false || isOn(options, "allowNull")) actions.push(Text.of("DROP NOT NULL"));
  const name = option(options, "constraintName");
  if (option(options, "check") !== undefined) {
    // Without the keyword ADD, which PostgreSQL refuses; so does the package.
    actions.push(
      sqlText`${name === undefined ? "" : sqlText`CONSTRAINT ${nameOf(name)} `}CHECK (${sqlOf(option(options, "check"))})`,
    );
  }
  return actions;
};

const createDomain: Operation = ([name, type, options], shorthands) => {
  const value = option(options, "default");
  const constraint = option(options, "constraintName");
  const check = option(options, "check");
  const notNull = isOn(options, "notNull");
  return [
    Text.join([
      sqlText`CREATE DOMAIN ${nameOf(name)} AS ${typeOf(type, shorthands)}`,
      clause(options, "collation", (collation) => sqlText` COLLATE ${collation}`),
      value === undefined ? "" : sqlText` DEFAULT ${escapeValue(value)}`,
      constraint !== undefined && (notNull || check !== undefined) ? sqlText` CONSTRAINT ${nameOf(constraint)}` : "",
      notNull ? " NOT NULL" : check === undefined ? "" : sqlText` CHECK (${sqlOf(check)})`,
    ]),
  ];
};

/** Options of a role that are on or off. */
const ROLE_FLAGS = ["superuser", "createdb", "createrole", "inherit", "login", "replication", "bypassrls"];

const ROLE_LISTS = { inRole: "IN ROLE", role: "ROLE", admin: "ADMIN" } as const;

function roleOptions(options: Value): Text {
  const parts: Text[] = [];
  for (const flag of ROLE_FLAGS) {
    const value = option(options, flag);
    if (value !== undefined) parts.push(Text.of(`${truthOf(value) === false ? "NO" : ""}${flag.toUpperCase()}`));
  }
  if (truthOf(option(options, "limit") ?? false) === true)
    parts.push(sqlText`CONNECTION LIMIT ${sqlOf(option(options, "limit"))}`);
  const password = option(options, "password");
  // What the password is, nobody needs to know here.
  if (password !== undefined) {
    parts.push(
      sqlText`${option(options, "encrypted") === false ? "UNENCRYPTED" : "ENCRYPTED"} PASSWORD ${password === null ? "NULL" : literal("…")}`,
    );
  }
  const valid = option(options, "valid");
  if (valid !== undefined)
    parts.push(sqlText`VALID UNTIL ${truthOf(valid) === false ? "'infinity'" : escapeValue(valid)}`);
  for (const [key, words] of Object.entries(ROLE_LISTS)) {
    if (option(options, key) !== undefined) parts.push(sqlText`${words} ${privileges(option(options, key))}`);
  }
  return Text.join(parts, " ");
}

/** Without options a role may log in to nothing, as the package's defaults say. */
const ROLE_DEFAULTS: readonly (readonly [string, boolean])[] = [
  ["superuser", false],
  ["createdb", false],
  ["createrole", false],
  ["inherit", true],
  ["login", false],
  ["replication", false],
];

const createRole: Operation = ([name, options]) => {
  const all = new Dictionary(ROLE_DEFAULTS);
  if (options instanceof Dictionary) for (const [key, value] of options.properties) all.properties.set(key, value);
  return [sqlText`CREATE ROLE ${nameOf(name)} WITH ${roleOptions(all)}`];
};

const policyClauses = (options: Value): Text => {
  const role = privileges(option(options, "role"));
  return Text.join([
    role.toString() === "" ? "" : sqlText` TO ${role}`,
    clause(options, "using", (using) => sqlText` USING (${using})`),
    clause(options, "check", (check) => sqlText` WITH CHECK (${check})`),
  ]);
};

const createView: Operation = ([name, options, definition]) => [
  Text.join([
    `CREATE${when(options, "replace", " OR REPLACE")}${when(options, "temporary", " TEMPORARY")}${when(options, "recursive", " RECURSIVE")} VIEW `,
    nameOf(name),
    inBrackets("", names(option(options, "columns"))),
    inBrackets(" WITH ", parameters(option(options, "options"))),
    sqlText` AS ${sqlOf(definition)}`,
    clause(options, "checkOption", (check) => sqlText` WITH ${check} CHECK OPTION`),
  ]),
];

const alterView: Operation = ([name, given]) => {
  const options = new Dictionary();
  const own = option(given, "options");
  if (own instanceof Dictionary) for (const [key, value] of own.properties) options.properties.set(key, value);
  const check = option(given, "checkOption");
  if (check !== undefined) options.properties.set("check_option", check);
  const clauses = [
    inBrackets(
      "SET ",
      parameters(options, (value) => value !== null),
    ),
    inBrackets(
      "RESET ",
      parameters(options, (value) => value === null),
    ),
  ];
  return clauses.filter((one) => one !== "").map((one) => sqlText`ALTER VIEW ${nameOf(name)} ${one}`);
};

const data = (options: Value): string => {
  const value = option(options, "data");
  return value === undefined ? "" : truthOf(value) === true ? " WITH DATA" : " WITH NO DATA";
};

const createMaterializedView: Operation = ([name, options, definition]) => [
  Text.join([
    sqlText`CREATE MATERIALIZED VIEW${when(options, "ifNotExists", " IF NOT EXISTS")} ${nameOf(name)}`,
    inBrackets("", names(option(options, "columns"))),
    inBrackets(" WITH ", parameters(option(options, "storageParameters"))),
    clause(options, "tablespace", (tablespace) => sqlText` TABLESPACE ${tablespace}`, nameOf),
    sqlText` AS ${sqlOf(definition)}${data(options)}`,
  ]),
];

const alterMaterializedView: Operation = ([name, options]) => {
  const cluster = option(options, "cluster");
  const storage = option(options, "storageParameters");
  const clauses = [
    cluster === undefined
      ? ""
      : cluster === null || cluster === false
        ? "SET WITHOUT CLUSTER"
        : sqlText`CLUSTER ON ${nameOf(cluster)}`,
    clause(options, "extension", (extension) => sqlText`DEPENDS ON EXTENSION ${extension}`, nameOf),
    inBrackets(
      "SET ",
      parameters(storage, (value) => value !== null),
    ),
    inBrackets(
      "RESET ",
      parameters(storage, (value) => value === null),
    ),
  ].filter((one) => one !== "");
  return [sqlText`ALTER MATERIALIZED VIEW ${nameOf(name)} ${Text.join(clauses, ", ")}`];
};

/** Operators and functions of an operator class. */
function operatorList(list: Value, shorthands: Value): Text {
  const parts = listOf(list).map((one) => {
    const kind = sqlOf(option(one, "type")).map((text) => text.toUpperCase());
    const own = listOf(option(one, "params"));
    const inside = kind.known === "OPERATOR" && own.length === 0 ? "" : params(new List([...own]), shorthands);
    return sqlText`${kind} ${sqlOf(option(one, "number"))} ${nameOf(option(one, "name"))}${inside}`;
  });
  return Text.join(parts, ", ");
}

const createOperator: Operation = ([name, options]) => {
  const named = (key: string, words: string): Text[] => {
    const value = option(options, key);
    return value === undefined ? [] : [sqlText`${words} = ${nameOf(value)}`];
  };
  const bare = (key: string, words: string): Text[] => {
    const value = option(options, key);
    return value === undefined ? [] : [sqlText`${words} = ${operatorName(value)}`];
  };
  const parts = [
    ...named("procedure", "PROCEDURE"),
    ...named("left", "LEFTARG"),
    ...named("right", "RIGHTARG"),
    ...bare("commutator", "COMMUTATOR"),
    ...bare("negator", "NEGATOR"),
    ...named("restrict", "RESTRICT"),
    ...named("join", "JOIN"),
    ...(isOn(options, "hashes") ? [Text.of("HASHES")] : []),
    ...(isOn(options, "merges") ? [Text.of("MERGES")] : []),
  ];
  return [sqlText`CREATE OPERATOR ${operatorName(name)} (${Text.join(parts, ", ")})`];
};

/** An operator's name is not quoted. */
function operatorName(name: Value): Text {
  const schema = textOf(option(name, "schema"));
  const own = sqlOf(name instanceof Dictionary ? name.get("name") : name);
  return schema === undefined ? own : sqlText`${schema}.${own}`;
}

const inFamily =
  (action: string): Operation =>
  ([name, method, list], shorthands) => [
    sqlText`ALTER OPERATOR FAMILY ${nameOf(name)} USING ${sqlOf(method)} ${action} ${operatorList(list, shorthands)}`,
  ];

const droppedBy =
  (kind: string): Operation =>
  ([name, method, options]) => [
    sqlText`DROP ${kind}${when(options, "ifExists", " IF EXISTS")} ${nameOf(name)} USING ${sqlOf(method)}${when(options, "cascade", " CASCADE")}`,
  ];

const renamedBy =
  (kind: string): Operation =>
  ([name, method, to]) => [sqlText`ALTER ${kind} ${nameOf(name)} USING ${sqlOf(method)} RENAME TO ${nameOf(to)}`];

export const OBJECT_OPERATIONS: Readonly<Record<string, Operation>> = {
  dropTable: dropped("TABLE"),
  renameTable: renamed("TABLE"),
  renameColumn: renamedIn("TABLE", ""),
  renameConstraint: renamedIn("TABLE", "CONSTRAINT "),
  dropConstraint: ([table, name, options]) => [
    sqlText`ALTER TABLE${when(options, "ifTableExists", " IF EXISTS")} ${nameOf(table)} DROP CONSTRAINT${when(options, "ifExists", " IF EXISTS")} ${nameOf(name)}${when(options, "cascade", " CASCADE")}`,
  ],
  renameIndex: renamed("INDEX"),

  createExtension: ([extensions, options]) =>
    listOf(extensions).map(
      (extension) =>
        sqlText`CREATE EXTENSION${when(options, "ifNotExists", " IF NOT EXISTS")} ${nameOf(extension)}${clause(options, "schema", (schema) => sqlText` SCHEMA ${schema}`, nameOf)}`,
    ),
  dropExtension: ([extensions, options], shorthands) =>
    listOf(extensions).flatMap((extension) => dropped("EXTENSION")([extension, options], shorthands)),

  createType: ([name, options], shorthands) => {
    if (options instanceof List) {
      return [sqlText`CREATE TYPE ${nameOf(name)} AS ENUM (${Text.join(options.items.map(escapeValue), ", ")})`];
    }
    const attributes = options instanceof Dictionary ? [...options.properties] : [];
    const lines = attributes.map(([key, type]) => sqlText`${nameOf(Text.of(key))} ${typeOf(type, shorthands)}`);
    return [sqlText`CREATE TYPE ${nameOf(name)} AS (${Text.join(lines, ", ")})`];
  },
  dropType: dropped("TYPE"),
  renameType: renamed("TYPE"),
  addTypeAttribute: ([name, attribute, type], shorthands) => [
    sqlText`ALTER TYPE ${nameOf(name)} ADD ATTRIBUTE ${nameOf(attribute)} ${typeOf(type, shorthands)}`,
  ],
  dropTypeAttribute: ([name, attribute, options]) => [
    sqlText`ALTER TYPE ${nameOf(name)} DROP ATTRIBUTE ${nameOf(attribute)}${when(options, "ifExists", " IF EXISTS")}`,
  ],
  setTypeAttribute: ([name, attribute, type], shorthands) => [
    sqlText`ALTER TYPE ${nameOf(name)} ALTER ATTRIBUTE ${nameOf(attribute)} SET DATA TYPE ${typeOf(type, shorthands)}`,
  ],
  renameTypeAttribute: renamedIn("TYPE", "ATTRIBUTE "),
  addTypeValue: ([name, value, options]) => [
    Text.join([
      sqlText`ALTER TYPE ${nameOf(name)} ADD VALUE${when(options, "ifNotExists", " IF NOT EXISTS")} ${escapeValue(value)}`,
      clause(options, "before", (before) => sqlText` BEFORE ${before}`, escapeValue),
      clause(options, "after", (after) => sqlText` AFTER ${after}`, escapeValue),
    ]),
  ],
  renameTypeValue: ([name, from, to]) => [
    sqlText`ALTER TYPE ${nameOf(name)} RENAME VALUE ${escapeValue(from)} TO ${escapeValue(to)}`,
  ],

  createRole,
  alterRole: ([name, options]) => {
    const made = roleOptions(options);
    return made.toString() === "" ? [] : [sqlText`ALTER ROLE ${nameOf(name)} WITH ${made}`];
  },
  dropRole: dropped("ROLE"),
  renameRole: renamed("ROLE"),

  createFunction,
  dropFunction,
  renameFunction: ([name, functionParams, to], shorthands) => [
    sqlText`ALTER FUNCTION ${nameOf(name)}${params(functionParams, shorthands)} RENAME TO ${nameOf(to)}`,
  ],

  createTrigger,
  dropTrigger: droppedOn("TRIGGER"),
  renameTrigger: renamedOn("TRIGGER"),

  createSchema: ([name, options]) => [
    sqlText`CREATE SCHEMA${when(options, "ifNotExists", " IF NOT EXISTS")} ${nameOf(name)}${clause(options, "authorization", (role) => sqlText` AUTHORIZATION ${role}`)}`,
  ],
  dropSchema: dropped("SCHEMA"),
  renameSchema: renamed("SCHEMA"),

  createDomain,
  alterDomain: ([name, options]) =>
    domainActions(options).map((action) => sqlText`ALTER DOMAIN ${nameOf(name)} ${action}`),
  dropDomain: dropped("DOMAIN"),
  renameDomain: renamed("DOMAIN"),

  createSequence: ([name, options], shorthands) => [
    Text.join([
      sqlText`CREATE${when(options, "temporary", " TEMPORARY")} SEQUENCE${when(options, "ifNotExists", " IF NOT EXISTS")} ${nameOf(name)}`,
      ...sequenceOptions(options, shorthands).map((one) => sqlText` ${one}`),
    ]),
  ],
  alterSequence: ([name, options], shorthands) => {
    const restart = option(options, "restart");
    const again =
      restart === undefined ? [] : [restart === true ? Text.of("RESTART") : sqlText`RESTART WITH ${sqlOf(restart)}`];
    return [
      sqlText`ALTER SEQUENCE ${nameOf(name)} ${Text.join([...sequenceOptions(options, shorthands), ...again], " ")}`,
    ];
  },
  dropSequence: dropped("SEQUENCE"),
  renameSequence: renamed("SEQUENCE"),

  createOperator,
  dropOperator: ([name, options]) => {
    const side = (key: string): Text => nameOf(option(options, key) ?? Text.of("none"));
    return [
      sqlText`DROP OPERATOR${when(options, "ifExists", " IF EXISTS")} ${operatorName(name)}(${side("left")}, ${side("right")})${when(options, "cascade", " CASCADE")}`,
    ];
  },
  createOperatorClass: ([name, type, method, list, options], shorthands) => [
    Text.join([
      sqlText`CREATE OPERATOR CLASS ${nameOf(name)}${when(options, "default", " DEFAULT")} FOR TYPE ${nameOf(typeOf(type, shorthands))} USING ${nameOf(method)}`,
      clause(options, "family", (family) => sqlText` FAMILY ${family}`),
      sqlText` AS ${operatorList(list, shorthands)}`,
    ]),
  ],
  dropOperatorClass: droppedBy("OPERATOR CLASS"),
  renameOperatorClass: renamedBy("OPERATOR CLASS"),
  createOperatorFamily: ([name, method]) => [sqlText`CREATE OPERATOR FAMILY ${nameOf(name)} USING ${sqlOf(method)}`],
  dropOperatorFamily: droppedBy("OPERATOR FAMILY"),
  renameOperatorFamily: renamedBy("OPERATOR FAMILY"),
  addToOperatorFamily: inFamily("ADD"),
  removeFromOperatorFamily: inFamily("DROP"),

  createPolicy: ([table, name, options]) => {
    const own = new Dictionary([
      ["role", Text.of("PUBLIC")],
      ...(options instanceof Dictionary ? options.properties : []),
    ]);
    return [
      sqlText`CREATE POLICY ${nameOf(name)} ON ${nameOf(table)} FOR ${sqlOf(option(options, "command") ?? Text.of("ALL"))}${policyClauses(own)}`,
    ];
  },
  alterPolicy: ([table, name, options]) => [
    sqlText`ALTER POLICY ${nameOf(name)} ON ${nameOf(table)}${policyClauses(options)}`,
  ],
  dropPolicy: ([table, name, options]) => [
    sqlText`DROP POLICY${when(options, "ifExists", " IF EXISTS")} ${nameOf(name)} ON ${nameOf(table)}`,
  ],
  renamePolicy: renamedOn("POLICY"),

  createView,
  dropView: dropped("VIEW"),
  alterView,
  alterViewColumn: ([name, column, options]) => {
    const value = option(options, "default");
    if (value === undefined) return [];
    const action = value === null ? "DROP DEFAULT" : sqlText`SET DEFAULT ${escapeValue(value)}`;
    return [sqlText`ALTER VIEW ${nameOf(name)} ALTER COLUMN ${nameOf(column)} ${action}`];
  },
  renameView: renamed("VIEW"),

  createMaterializedView,
  dropMaterializedView: dropped("MATERIALIZED VIEW"),
  alterMaterializedView,
  renameMaterializedView: renamed("MATERIALIZED VIEW"),
  renameMaterializedViewColumn: renamedIn("MATERIALIZED VIEW", "COLUMN "),
  refreshMaterializedView: ([name, options]) => [
    sqlText`REFRESH MATERIALIZED VIEW${when(options, "concurrently", " CONCURRENTLY")} ${nameOf(name)}${data(options)}`,
  ],

  grantRoles: ([from, to, options]) => [
    sqlText`GRANT ${names(from)} TO ${names(to)}${when(options, "withAdminOption", " WITH ADMIN OPTION")}`,
  ],
  revokeRoles: ([from, to, options]) => [
    sqlText`REVOKE${when(options, "onlyAdminOption", " ADMIN OPTION FOR")} ${names(from)} FROM ${names(to)}${when(options, "cascade", " CASCADE")}`,
  ],
  grantOnSchemas: ([options]) => [
    sqlText`GRANT ${privileges(option(options, "privileges"))} ON SCHEMA ${names(option(options, "schemas"))} TO ${roles(option(options, "roles"))}${when(options, "withGrantOption", " WITH GRANT OPTION")}`,
  ],
  revokeOnSchemas: ([options]) => [
    sqlText`REVOKE${when(options, "onlyGrantOption", " GRANT OPTION FOR")} ${privileges(option(options, "privileges"))} ON SCHEMA ${names(option(options, "schemas"))} FROM ${roles(option(options, "roles"))}${when(options, "cascade", " CASCADE")}`,
  ],
  grantOnTables: ([options]) => [
    sqlText`GRANT ${privileges(option(options, "privileges"))} ON ${tables(options)} TO ${roles(option(options, "roles"))}${when(options, "withGrantOption", " WITH GRANT OPTION")}`,
  ],
  revokeOnTables: ([options]) => [
    sqlText`REVOKE${when(options, "onlyGrantOption", " GRANT OPTION FOR")} ${privileges(option(options, "privileges"))} ON ${tables(options)} FROM ${roles(option(options, "roles"))}${when(options, "cascade", " CASCADE")}`,
  ],

  createCast: ([source, target, options]) => {
    const called = option(options, "functionName");
    const args = option(options, "argumentTypes");
    const how =
      called === undefined
        ? isOn(options, "inout")
          ? " WITH INOUT"
          : " WITHOUT FUNCTION"
        : sqlText` WITH FUNCTION ${nameOf(called)}(${args === undefined ? sqlOf(source) : privileges(args)})`;
    return [
      sqlText`CREATE CAST (${sqlOf(source)} AS ${sqlOf(target)})${how}${clause(options, "as", (as) => sqlText` AS ${as}`)}`,
    ];
  },
  dropCast: ([source, target, options]) => [
    sqlText`DROP CAST${when(options, "ifExists", " IF EXISTS")} (${sqlOf(source)} AS ${sqlOf(target)})`,
  ],
};

/** What a program reads of its surroundings. It is judged for PostgreSQL, so what asks for the database system has that. */
import { dialectOf, POSTGRESQL } from "../dialect.js";
import { textOf, Unknown, type Value } from "./value.js";

/** Why the value of an environment variable is not known. */
export const ENVIRONMENT = "is set in the environment";

const NAMES_DIALECT =
  /(?:^|_)(?:DB|DATABASE|KNEX|SEQUELIZE|TYPEORM|SQL)_?(?:TYPE|CLIENT|DIALECT|DRIVER|ENGINE|CONNECTION)$|^DIALECT$/i;

/** The name of the database system, however a program spells it: what equals one of PostgreSQL's names is true. */
export const DIALECT = new Unknown("is the name of the database system", {
  equals(other) {
    const word = textOf(other)?.known;
    const dialect =
      word === undefined
        ? undefined
        : (dialectOf(word) ?? dialectOf(word.replace(/db$/, "")) ?? dialectOf(`${word}db`));
    return dialect === undefined ? undefined : dialect === POSTGRESQL;
  },
});

export function environmentVariable(name: string): Value {
  return NAMES_DIALECT.test(name) ? DIALECT : new Unknown(ENVIRONMENT);
}

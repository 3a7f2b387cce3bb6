/** Whether a constant is a value of a type, as far as its spelling tells. */
import type { Catalog } from "../model/catalog.js";
import type { TypeName } from "../model/name.js";

const INTEGERS: Readonly<Record<string, bigint>> = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n };
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const BOOLEANS = /^\s*(?:t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|0|1)\s*$/i;
const UUID = /^\s*\{?[0-9a-f]{4}(?:-?[0-9a-f]{4}){7}\}?\s*$/i;
const DATES: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz"]);

/**
 * Why PostgreSQL refuses a constant as a value of a type, as the end of `which …`; undefined where it does not, or where
 * that is not known.
 * @param written Whether it is stored: only then a length counts.
 */
export function refusalOfConstant(
  value: string,
  type: TypeName,
  catalog: Catalog,
  written: boolean,
): string | undefined {
  if (type.arrayDimensions > 0) return undefined;
  const domain = catalog.domain(type);
  if (domain) return refusalOfConstant(value, domain.baseType, catalog, written);
  const known = catalog.enum(type);
  if (known) return known.values.includes(value) ? undefined : `is no value of ${type.sql}`;
  const limit = INTEGERS[type.name];
  if (limit !== undefined) {
    if (!/^\s*[+-]?\d+\s*$/.test(value)) return NUMBER.test(value) ? undefined : `is no ${type.sql}`;
    const number = BigInt(value.trim().replace(/^\+/, ""));
    return number >= limit || number < -limit ? `is out of the range of ${type.sql}` : undefined;
  }
  const [length] = type.modifiers;
  switch (type.name) {
    case "varchar":
    case "bpchar":
      return written && length !== undefined && [...value.trimEnd()].length > length
        ? `is longer than ${type.sql}`
        : undefined;
    case "numeric":
    case "float4":
    case "float8":
      return NUMBER.test(value) || /^\s*[+-]?(?:nan|inf(?:inity)?)\s*$/i.test(value) ? undefined : `is no ${type.sql}`;
    case "bool":
      return BOOLEANS.test(value) ? undefined : `is no ${type.sql}`;
    case "uuid":
      return UUID.test(value) ? undefined : `is no ${type.sql}`;
    default:
      // Every date that PostgreSQL reads has a digit in it, or is a word of its own.
      return DATES.has(type.name) && !/\d|infinity|epoch|now|today|tomorrow|yesterday/i.test(value)
        ? `is no ${type.sql}`
        : undefined;
  }
}

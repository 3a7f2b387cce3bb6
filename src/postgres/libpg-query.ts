/**
 * PostgreSQL's own parser (libpg-query, WebAssembly), started synchronously at the first use.
 *
 * The package offers only an asynchronous start. ESLint's rules are synchronous, so this goes to the Emscripten module
 * behind it: with an `instantiateWasm` hook that answers at once, the module's functions are usable in the same tick.
 * That is no public interface; `libpg-query.test.ts` fails when an upgrade changes it.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { RawStmt } from "libpg-query";

const require = createRequire(import.meta.url);

/** Node has WebAssembly, its type definitions do not. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => object;
  readonly RuntimeError: new () => Error;
};

/** The part of the Emscripten module that is used here. Pointers are byte offsets into `HEAPU8`. */
interface WasmModule {
  instantiateWasm(imports: object, done: (instance: object) => void): object;
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _wasm_parse_query_raw(sql: number): number;
  _wasm_free_parse_result(result: number): void;
  _wasm_parse_plpgsql(sql: number): number;
  _wasm_scan(sql: number): number;
  _wasm_free_string(string: number): void;
  getValue(pointer: number, type: "i32"): number;
}

type WasmModuleFactory = (module: Partial<WasmModule>) => Promise<unknown>;

/** Why there is no parse tree. */
export interface ParseFailure {
  readonly ok: false;
  /** PostgreSQL's own message: `syntax error at or near "tabl"`. */
  readonly message: string;
  /** Where, in code points from 0; absent where the parser does not say. */
  readonly codePoint?: number;
}

export type ParseOutcome = { readonly ok: true; readonly statements: readonly RawStmt[] } | ParseFailure;

let compiled: object | undefined;
let running: WasmModule | undefined;

/**
 * `libpg-query.wasm` lies beside the bundle in `dist/` (there `import.meta.url` is the bundle's own file); unbundled it
 * is the package's.
 */
function wasmFile(): string {
  const beside = fileURLToPath(new URL("libpg-query.wasm", import.meta.url));
  return existsSync(beside) ? beside : require.resolve("libpg-query/wasm/libpg-query.wasm");
}

function start(): WasmModule {
  const module = (compiled ??= new WebAssembly.Module(readFileSync(wasmFile())));
  const factory = require("libpg-query/wasm/libpg-query.js") as WasmModuleFactory;
  const started: Partial<WasmModule> = {
    instantiateWasm(imports, done) {
      done(new WebAssembly.Instance(module, imports));
      return {};
    },
  };
  // Nothing waits for the promise: it settles after the functions are already in place.
  factory(started).catch(() => {});
  if (typeof started._wasm_parse_query_raw !== "function") {
    throw new Error("libpg-query did not start synchronously; this version of libpg-query is not supported");
  }
  return started as WasmModule;
}

/** Runs `use` on the module. After an exception from WebAssembly its memory is not to be trusted: the next call starts anew. */
function withModule<Result>(use: (module: WasmModule) => Result): Result {
  const module = (running ??= start());
  try {
    return use(module);
  } catch (error) {
    running = undefined;
    throw error;
  }
}

function writeString(module: WasmModule, text: string): number {
  const bytes = Buffer.from(text, "utf8");
  const pointer = module._malloc(bytes.length + 1);
  if (pointer === 0) throw new RangeError("out of memory");
  module.HEAPU8.set(bytes, pointer);
  module.HEAPU8[pointer + bytes.length] = 0;
  return pointer;
}

function readString(module: WasmModule, pointer: number): string {
  const { buffer } = module.HEAPU8;
  return Buffer.from(buffer, pointer, module.HEAPU8.indexOf(0, pointer) - pointer).toString("utf8");
}

/** An unterminated string is quoted up to the end of the file. */
function shorten(message: string): string {
  return message.replace(/(near ")([^]{60})[^]+"$/, '$1$2…"');
}

const TOO_DEEP: ParseFailure = { ok: false, message: "nested too deeply or too large to be parsed" };

/**
 * Whether openings of comments follow each other so densely that PostgreSQL's scanner, which reads the whole run of
 * operator characters again at each of them, would take minutes.
 */
function nestsComments(sql: string): boolean {
  const runs = sql.length < 2000 ? null : sql.match(/[~!@#^&|`?+\-*/%<>=]{2000,}/g);
  return runs !== null && runs.some((run) => run.split("/*").length > 500);
}

function parseWith<Tree>(sql: string, readTree: (json: () => string) => Tree): Tree | ParseFailure {
  const nul = sql.indexOf("\0");
  if (nul >= 0) {
    // The parser would stop there without a word.
    const codePoint = [...sql.slice(0, nul)].length;
    return { ok: false, message: "a NUL character, which PostgreSQL does not accept", codePoint };
  }
  if (nestsComments(sql)) return TOO_DEEP;
  try {
    return withModule((module) => {
      const query = writeString(module, sql);
      const result = module._wasm_parse_query_raw(query);
      try {
        if (result === 0) throw new RangeError("out of memory");
        // PgQueryParseResult: parse tree at 0, stderr at 4, error at 8; PgQueryError: message at 0, cursor position at 16.
        const error = module.getValue(result + 8, "i32");
        if (error === 0) return readTree(() => readString(module, module.getValue(result, "i32")));
        const message = shorten(readString(module, module.getValue(error, "i32")));
        const position = module.getValue(error + 16, "i32");
        return { ok: false, message, ...(position > 0 && { codePoint: position - 1 }) };
      } finally {
        module._free(query);
        if (result !== 0) module._wasm_free_parse_result(result);
      }
    });
  } catch (error) {
    // Stack overflow inside WebAssembly is a RangeError, exhausted memory a RangeError or RuntimeError.
    if (!(error instanceof RangeError) && !(error instanceof WebAssembly.RuntimeError)) throw error;
    return TOO_DEEP;
  }
}

/** Parses SQL with PostgreSQL 18's grammar. Locations in the tree are UTF-8 bytes, that of an error counts code points. */
export function parseTree(sql: string): ParseOutcome {
  return parseWith<ParseOutcome>(sql, (json) => ({
    ok: true,
    statements: (JSON.parse(json()) as { stmts?: RawStmt[] }).stmts ?? [],
  }));
}

/** Like `parseTree`, for text of which only the correctness matters: the tree is not read. */
export function checkSyntax(sql: string): { readonly ok: true } | ParseFailure {
  return parseWith<{ readonly ok: true }>(sql, () => ({ ok: true }));
}

/** PL/pgSQL's tree of a DO block or a function, whose nodes give lines; undefined where it cannot be parsed. */
export function parsePlPgSql(sql: string): unknown {
  if (sql.includes("\0") || nestsComments(sql)) return undefined;
  try {
    const json = withModule((module) => {
      const query = writeString(module, sql);
      const result = module._wasm_parse_plpgsql(query);
      const text = readString(module, result);
      module._free(query);
      module._wasm_free_string(result);
      return text;
    });
    // Anything else is an error's message.
    return json.startsWith("{") ? JSON.parse(json) : undefined;
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof WebAssembly.RuntimeError)) throw error;
    return undefined;
  }
}

/** PostgreSQL's tokens and comments, in bytes. Slower than parsing: only the tests use it, to check `lexer.ts`. */
export function scanTokens(sql: string): { start: number; end: number; tokenName: string }[] {
  if (sql === "") return [];
  const json = withModule((module) => {
    const query = writeString(module, sql);
    const result = module._wasm_scan(query);
    const text = readString(module, result);
    module._free(query);
    module._wasm_free_string(result);
    return text;
  });
  // Anything else is an error's message.
  if (!json.startsWith("{")) throw new Error(json);
  return (JSON.parse(json) as { tokens: { start: number; end: number; tokenName: string }[] }).tokens;
}

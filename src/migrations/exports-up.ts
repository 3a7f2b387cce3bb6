const EXPORTED =
  /\bexport\s+(?:async\s+)?function\s+up\b|\bexport\s+(?:const|let|var)\s+up\b|\bexports\.up\s*=|\bexport\s+(?:const\s*)?\{[^}]{0,500}?\bup\b(?!\s+as\b)/;

/** An object with a property `up`, and the export of one: which object it is, is not looked for. */
const DEFAULT = /\bexport\s+default\b|\bexport\s*=|\bmodule\.exports\s*=/;
const PROPERTY = /\bup\s*[(:,}]/;

/** Whether a text looks like a module that exports a function `up`, as migrations do; it is not run. */
export function exportsUp(text: string): boolean {
  return EXPORTED.test(text) || (DEFAULT.test(text) && PROPERTY.test(text));
}

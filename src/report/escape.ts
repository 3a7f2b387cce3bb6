/**
 * The one escaper. File names, SQL, messages, reasons and configuration come from whoever opened the pull request;
 * nothing of it may be interpreted by Markdown, HTML, GitHub's mentions and references, the runner's log or a terminal.
 *
 * Each function takes raw text and returns text that is safe in one context only. Never escape twice.
 */

/**
 * Characters that a reader cannot see, or that change how the others are read: controls (but tab and line feed),
 * bidirectional formatting, zero-width characters, line separators, variation selectors, tags, lone surrogates.
 */
const INVISIBLE =
  /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}\p{Cs}]/gu;

/** Makes invisible characters visible as `\u{202E}`. CRLF and CR become line feeds. */
export function visible(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(INVISIBLE, (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`);
}

/** Cuts to at most `length` UTF-16 units, the ellipsis included; never through a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  let end = Math.max(length - 1, 0);
  if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
  return `${text.slice(0, end)}…`.slice(0, length);
}

/** One line, surrounding white space removed. */
export function oneLine(text: string): string {
  return visible(text).replaceAll(/\s+/g, " ").trim();
}

/** Everything that Markdown, HTML, mathematics or a table could take for markup. */
const MARKUP = /[&<>"'`\\|[\](){}*_~#@!$^]/g;

/** An entity that stands for the character itself and is never taken for markup. */
function entity(character: string): string {
  return `&#${String(character.codePointAt(0))};`;
}

/** Splits a word that GitHub would turn into a link, invisibly. */
const BREAK = "&#8203;";

/**
 * Inline Markdown for text that is no code: shown as it is, on one line.
 *
 * GitHub looks for mentions, references and addresses in the text that Markdown has already made, so entities alone
 * do not stop them: a zero-width space splits them (`@name`, `#1`, `GH-1`, `https://`, `www.`, `:emoji:`).
 */
export function markdown(text: string): string {
  return escapeMarkdown(oneLine(text));
}

function escapeMarkdown(text: string): string {
  return text
    .replaceAll(MARKUP, (character) =>
      character === "@" || character === "#" ? entity(character) + BREAK : entity(character),
    )
    .replaceAll(/\b(gh)-(?=\d)/gi, `$1${BREAK}-`)
    .replaceAll(/:(?=\/\/)/g, `:${BREAK}`)
    .replaceAll(/\b(www)\./gi, `$1${BREAK}.`)
    .replaceAll(/:(?=[\w+-]+:)/g, `:${BREAK}`)
    .replace(/^[-+=]|^\d(?=\d*[.)])/, entity);
}

/** Inline code: `<code>` with entities, because a code span of backticks can be closed from inside. */
export function code(text: string): string {
  const escaped = oneLine(text)
    .replaceAll(MARKUP, entity)
    .replaceAll("://", ":&#47;/")
    .replaceAll(/\b(www)\./gi, "$1&#46;");
  return `<code>${escaped === "" ? " " : escaped}</code>`;
}

/** A message in which backticks mark code: `Add it with \`NOT VALID\`.` */
export function prose(text: string): string {
  return oneLine(text)
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : escapeMarkdown(part)))
    .join("");
}

/**
 * A fenced block, its fence longer than any run of backticks inside. HTML comment delimiters are split by a
 * zero-width space: our own markers are searched in the raw text of a comment. `indent` puts it into a list item.
 */
export function fence(text: string, language: string, indent = ""): string {
  const body = visible(text).replaceAll("<!--", "<!\u200b--").replaceAll("-->", "--\u200b>");
  const longest = Math.max(0, ...(body.match(/`+/g) ?? []).map((run) => run.length));
  const mark = "`".repeat(Math.max(3, longest + 1));
  return [mark + language, ...body.replace(/\n+$/, "").split("\n"), mark].map((line) => indent + line).join("\n");
}

/** An address for `[text](…)`: encoded so that nothing in it can end the link. */
export function address(url: string): string {
  return encodeURI(url.replaceAll(/\p{Cs}/gu, "\ufffd"))
    .replaceAll(/%25([\dA-F]{2})/gi, "%$1")
    .replaceAll(/[()'*@]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("--", "-%2D");
}

/** A path as part of an address: each segment encoded, the slashes kept. */
export function addressPath(path: string): string {
  return path
    .replaceAll(/\p{Cs}/gu, "\ufffd")
    .split("/")
    .map((segment) =>
      segment === "." || segment === ".." ? segment.replaceAll(".", "%2E") : encodeURIComponent(segment),
    )
    .join("/");
}

/** Text for a log or a terminal; line feeds stay. Escape sequences of terminals are controls, which are made visible. */
export function log(text: string): string {
  return splitCommands(visible(text));
}

/**
 * The runner takes `::command::` at the start of a line (after white space) and the older `##[command]` anywhere for
 * a command; both are split by a zero-width space. Colours may stand before them.
 */
export function splitCommands(text: string): string {
  return text.replaceAll(/^((?:\s|\x1b\[\d+m)*):(?=:)/gm, "$1:\u200b").replaceAll("##[", "##\u200b[");
}

/** The message of a runner's command (actions/toolkit, packages/core/src/command.ts). */
export function commandMessage(text: string): string {
  return commandData(log(text));
}

/** A property of a runner's command: the value arrives as it is, so that a path is still that path. */
export function commandProperty(text: string): string {
  return commandData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function commandData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** The id of a step or marker in an HTML comment: letters, digits and `._:-`, no double hyphen. */
export function identifier(text: string): string {
  return text
    .replaceAll(/[^\w.:-]/g, "_")
    .replaceAll(/-{2,}/g, "-")
    .replaceAll(/^-|-$/g, "_");
}

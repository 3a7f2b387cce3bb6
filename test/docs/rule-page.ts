/**
 * A rule's page as the tests read it: headings, and each block of SQL, or of JavaScript for a migration that is a program (of Knex where `tool` does not say), with what
 * stands in comments before it.
 *
 * - `<!-- history … -->`: the schema at base, for all blocks that follow.
 * - For the next block only: `<!-- tool: drizzle -->`, `<!-- postgres: 18 -->`, `<!-- fails: 25001 -->` (the SQLSTATE with
 *   which PostgreSQL refuses it), `<!-- was … -->` (the migration's text at base), `<!-- meanwhile … -->` (a migration of
 *   base that runs after it), `<!-- code at base … -->`, `<!-- code at head … -->` and `<!-- code at release … -->` (a path, then the text of that file), `<!-- migrations: after -->` (the deploy), and `<!-- off: no-rename -->`
 *   (a rule that speaks as well, of another harm).
 */
import { lexer } from "marked";

export interface Example {
  /** The heading of the second level above it. */
  readonly section: string;
  readonly sql: string;
  readonly language: "js" | "sql";
  readonly history: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface RulePage {
  readonly title: string;
  readonly sections: readonly string[];
  readonly examples: readonly Example[];
}

export function readRulePage(markdown: string): RulePage {
  let title = "";
  let history = "";
  let settings: Record<string, string> = {};
  const sections: string[] = [];
  const examples: Example[] = [];
  for (const token of lexer(markdown)) {
    if (token.type === "heading" && token.depth === 1) title = String(token.text);
    else if (token.type === "heading" && token.depth === 2) sections.push(String(token.text));
    else if (token.type === "html") {
      for (const [name, value] of commentsIn(token.raw)) {
        if (name === "history") history = value;
        else settings[name] = value;
      }
    } else if (token.type === "code" && (token.lang === "sql" || token.lang === "js")) {
      const { lang: language } = token;
      examples.push({ section: sections.at(-1) ?? "", sql: String(token.text), language, history, settings });
      settings = {};
    }
  }
  return { title, sections, examples };
}

/** `<!-- name: value -->`, and `<!-- name` with lines of text below. */
function* commentsIn(html: string): Generator<readonly [name: string, value: string]> {
  for (const [, name = "", inline, lines] of html.matchAll(/<!-- ([a-z ]+?)(?:: (.*?) |\n([\s\S]*?)\n)-->/g)) {
    yield [name, inline ?? lines ?? ""];
  }
}

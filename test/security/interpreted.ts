/** What a reader's machine would make of the texts of a report: the runner's log, GitHub's Markdown, our own markers. */
import { Marked } from "marked";
import { expect } from "vitest";
import type { Report } from "../../src/model/report.js";
import { pickAnnotations } from "../../src/report/annotations.js";
import { log, visible } from "../../src/report/escape.js";
import { COMMENT_LENGTH, renderMarkdown } from "../../src/report/markdown.js";
import { renderReviewComment } from "../../src/report/review-comment.js";
import { renderSarif } from "../../src/report/sarif.js";
import { findingsByStatement } from "../../src/report/statements.js";
import { renderText } from "../../src/report/text.js";
import { verdictSentence } from "../../src/report/words.js";
import { workflowCommand } from "../../src/report/workflow-commands.js";
import { addressPath } from "../../src/report/escape.js";
import { shown } from "../github/runner.js";
import { schemaErrors } from "../report/schema.js";

const OWN_LINK = /^https:\/\/github\.com\/(acme\/shop\/blob\/|migration-safety\/migration-safety\/blob\/main\/docs\/)/;

/** Tags that we write; GitHub's sanitizer is no excuse for others. */
const OWN_TAGS = /^(h3|h4|p|br|code|pre|strong|b|em|a|ul|ol|li|input|details|summary|sub)$/;

/** Fails where anything in a report that others wrote is taken for more than text. */
export function expectInert(report: Report): void {
  expect(schemaErrors(report)).toEqual([]);
  expectInertLog(report);
  for (const [fits, link] of [
    [(markdown: string) => markdown.length <= COMMENT_LENGTH, true],
    [() => true, false],
    [(markdown: string) => markdown.length <= 3000, true],
  ] as const) {
    const markdown = renderMarkdown(report, {
      fits,
      fullReport: "https://github.com/acme/shop/blob/x",
      ...(link && {
        link: ({ file, line }) => `https://github.com/acme/shop/blob/x/${addressPath(file)}#L${String(line)}`,
      }),
    });
    expectInertMarkdown(markdown, report);
  }
  for (const group of findingsByStatement(report)) expectInertMarkdown(renderReviewComment(group, undefined), report);
  expect(() => JSON.parse(renderSarif(report, { version: "1.0.0", rules: {} })) as unknown).not.toThrow();
}

function expectInertLog(report: Report): void {
  const annotations = pickAnnotations(report, { addedLines: () => () => true, rest: "in the summary" });
  const printed = [
    ...annotations.map(workflowCommand),
    `${log(`${report.verdict}: ${verdictSentence(report)}`)}\n`,
  ].join("");
  const { annotations: seen, commands } = shown(printed);
  expect(commands.every((name) => name === "error" || name === "warning")).toBe(true);
  expect(seen.map(({ file, title }) => [file, title])).toEqual(annotations.map(({ file, title }) => [file, title]));
  expect(annotations.every(({ title }) => /^[a-z-]+$/.test(title))).toBe(true);
  const text = renderText(report, { color: false });
  expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
}

function expectInertMarkdown(markdown: string, report: Report): void {
  expect(markdown.replaceAll("\u200b", "")).toBe(visible(markdown.replaceAll("\u200b", "")));
  const ids = new Set(report.plan.phases.flatMap(({ steps }) => steps.map(({ id }) => id)));
  for (const [mark, id] of markdown.matchAll(/<!--(?: step:(\S+) [0-9a-f]{8} --> {0,2}$)?/gm)) {
    expect(id === undefined ? mark : ids.has(id)).toBe(true);
  }
  const html = new Marked({ gfm: true, breaks: true }).parse(markdown, { async: false });
  for (const [, tag] of html.matchAll(/<\/?([a-zA-Z][\w-]*)/g)) expect(tag).toMatch(OWN_TAGS);
  for (const [, attributes = ""] of html.matchAll(/<[a-z]\w*\s+([^>]*)>/g)) {
    expect(attributes).toMatch(/^(href="[^"]*"|disabled="" type="checkbox"|class="language-\w+")$/);
  }
  for (const [, href = ""] of html.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(OWN_LINK);
  expect(html).not.toMatch(/<input checked/);
  // What is left is text; GitHub looks for names, numbers and addresses in it, but not in code.
  const text = html
    .replaceAll(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>|<[^>]+>/g, " ")
    .replaceAll(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number)))
    .replaceAll(/&(amp|lt|gt|quot);/g, (_, name: "amp") => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name]);
  expect(text).not.toMatch(/(?<![\w`])@[a-z\d]|(?<!\w)#\d|\bgh-\d|\w+\/\w+#\d|https?:\/\/|\bwww\.|(?<!\w):[a-z]+:/i);
}

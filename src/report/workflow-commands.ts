/** Annotations as GitHub's runner reads them from a log. */
import type { Annotation } from "./annotations.js";
import { commandMessage, commandProperty, log } from "./escape.js";

/**
 * One line: `::error file=a.sql,line=3,…::message`. A command needs no permission, so annotations of it appear on pull
 * requests from forks, too. Lines and columns of the file may be absent, for what concerns no file.
 */
export function workflowCommand(
  annotation: Pick<Annotation, "level" | "title" | "message"> & Partial<Annotation>,
): string {
  const { level, file, line, endLine, column, endColumn, title, message } = annotation;
  const properties = Object.entries({ title: log(title), file, line, endLine, col: column, endColumn })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${commandProperty(String(value))}`);
  return `::${level} ${properties.join(",")}::${commandMessage(message)}\n`;
}

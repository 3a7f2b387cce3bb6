/** Address of a rule's page of documentation. */
export function rulePage(name: string): string {
  return `https://github.com/migration-safety/migration-safety/blob/main/docs/rules/${name}.md`;
}

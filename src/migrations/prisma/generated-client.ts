/** Where Prisma 7 generates its client: into the project, where nobody commits it (Prisma documentation, "Generators"). */
import { posix } from "node:path";
import { parentOf } from "../listing.js";

/** A file of the Prisma schema. */
export interface SchemaFile {
  readonly file: string;
  readonly text: string;
}

/** Folders that the documentation and Prisma's own templates give the client. */
const CUSTOMARY = /(?:^|\/)(?:generated\/prisma|prisma\/generated|\.prisma\/client)(?:\/|$)/;

const CLIENT_GENERATOR = /^[ \t]*generator[ \t]+\w+[ \t]*\{[^}]*?\bprovider\s*=\s*"prisma-client(?:-js|-ts)?"[^}]*\}/gm;

/**
 * Tells the paths of the generated client, without their extensions, from others: those under the `output` of the
 * schema's generators, which is relative to the file that has it; the customary ones where none says one.
 */
export function isGeneratedClient(schema: readonly SchemaFile[]): (path: string) => boolean {
  const outputs = schema.flatMap(({ file, text }) =>
    Array.from(text.matchAll(CLIENT_GENERATOR)).flatMap(([generator]) => {
      const output = /^[ \t]*output\s*=\s*"([^"]+)"/m.exec(generator)?.[1];
      return output === undefined ? [] : posix.join(parentOf(file), output).replace(/\/$/, "");
    }),
  );
  if (outputs.length === 0) return (path) => CUSTOMARY.test(path);
  return (path) => outputs.some((output) => path === output || path.startsWith(`${output}/`));
}

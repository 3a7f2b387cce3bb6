/** What a model of an ORM says of its table: which columns its queries name, and which of them it gives a value. */
import type { QualifiedName } from "../../model/name.js";

/** Those whose models are compared with the schema, as their makers write them. */
export type Orm = "Prisma" | "Drizzle" | "TypeORM" | "MikroORM" | "Sequelize";

export interface Model {
  readonly orm: Orm;
  /** As the code calls it: the Prisma model, the class, the variable. */
  readonly name: string;
  /**
   * The names that its table may have: one where the model says it, otherwise those that naming strategies make of the
   * model's name, the ORM's own first.
   */
  readonly tables: readonly QualifiedName[];
  readonly columns: readonly ModelColumn[];
  /** Of the model's name in its file. */
  readonly offset: number;
}

export interface ModelColumn {
  readonly property: string;
  /** As `tables`: the names that the column may have, that of the ORM's own naming strategy first. */
  readonly names: readonly string[];
  /** Whether the code may write NULL; absent where the model does not say. */
  readonly nullable?: boolean;
  /** Whether an insert has a value for it where the code gives none: a default of the model, a key that is generated. */
  readonly filled: boolean;
  /** Of the property's name in the file. */
  readonly offset: number;
}

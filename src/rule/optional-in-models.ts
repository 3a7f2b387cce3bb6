/** Models that let code leave a column out, or write NULL into it. */
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { Reference } from "../model/reference.js";
import type { Model, ModelColumn } from "../references/models/model.js";
import { mayHaveModels, modelsIn } from "../references/models/read-models.js";
import type { RuleMigration } from "./types.js";

export interface OptionalInModel {
  readonly model: Model;
  readonly column: ModelColumn;
  /** Where the model declares it. */
  readonly reference: Reference;
}

/** The models at head that say that a column is optional, and give it no value of their own. */
export function optionalInModels(
  migration: RuleMigration,
  op: Operation,
  table: QualifiedName,
  column: string,
): readonly OptionalInModel[] {
  const { head } = migration.change;
  return migration.usesOf(op, column, table).flatMap((reference): readonly OptionalInModel[] => {
    const { kind, side, grade, file } = reference;
    if (kind !== "declared" || side !== "head" || grade !== "certain" || !mayHaveModels(file)) return [];
    return modelsIn(file, head.tree)
      .filter(({ tables }) => tables.some(({ name }) => name === table.name))
      .flatMap((model) =>
        model.columns
          .filter(({ names, nullable, filled }) => names.includes(column) && nullable === true && !filled)
          .map((one) => ({ model, column: one, reference })),
      );
  });
}

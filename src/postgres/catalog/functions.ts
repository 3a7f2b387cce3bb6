/** Functions and procedures: what is known of them is how far their results may change. */
import type { Changes } from "./situation.js";

export const functionChanges: Changes = {
  CreateFunction(operation, { timeline }) {
    const { schema, name } = timeline.place(operation.function);
    const declared = operation.replace ? undefined : timeline.find(timeline.functions, { schema, name }, timeline.time);
    timeline.putFunction({ schema, name }, declared === "volatile" ? declared : operation.volatility);
  },
  // Under its old name there may be another one, with other arguments.
  RenameFunction({ function: name, newName }, { timeline }) {
    timeline.copyFunction(name, { ...timeline.place(name), name: newName });
  },
  SetFunctionSchema({ function: name, newSchema }, { timeline }) {
    timeline.copyFunction(name, { ...timeline.place(name), schema: newSchema });
  },
};

/** How sure a reference must be. */
import type { LeastGrade, Reference, ReferenceGrade } from "../model/reference.js";

const ENOUGH: Readonly<Record<LeastGrade, readonly ReferenceGrade[]>> = {
  certain: ["certain"],
  likely: ["certain", "likely"],
  possible: ["certain", "likely", "possible"],
};

/** Whether a reference is at least so sure. */
export function isSureEnough({ grade }: Reference, least: LeastGrade = "likely"): boolean {
  return ENOUGH[least].includes(grade);
}

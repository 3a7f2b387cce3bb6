/** All recipes. Where several fit an operation, the first is the plan's and the others are named as other ways. */
import type { Recipe } from "../recipe.js";

export const RECIPES: readonly Recipe[] = [];

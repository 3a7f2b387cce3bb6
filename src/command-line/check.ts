/** `migration-safety check`: reads arguments, runs the check, prints the report, and answers with an exit code. */
import { relative, resolve, sep } from "node:path";
import { folderChangeSource, gitChangeSource, type ChangeSource } from "../change/change-source.js";

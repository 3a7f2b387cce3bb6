/** Something that the workflow's author has to mend: an input, an event, a setting. The message is for them. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

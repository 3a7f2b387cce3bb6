/** Seconds of processor time that this process needs for `run`: the clock's would be those of a busy machine. */
export function processorSeconds(run: () => unknown): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

import type { Call } from "./call";

/**
 * The reply of a container's HELP: a line per subcommand with its arguments, each followed by what
 * it does, indented by four spaces. Lines that show syntax are Redis's, explanations are our own.
 */
export function replyHelp(call: Call, lines: readonly string[]): void {
  const { reply } = call;
  const container = call.command.fullName.split("|")[0].toUpperCase();
  const first = `${container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`;
  const all = [first, ...lines, "HELP", "    Tells this."];
  reply.array(all.length);
  for (const line of all) reply.statusText(line);
}

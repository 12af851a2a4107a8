import type { CommandSpec } from "../../command/spec";
import type { SessionCall } from "../../session/session-call";
import { type InfoSection, infoReport } from "./info-section";

/** INFO: the report on the running server that people read and tools parse. */
export function infoCommands(
  sections: readonly InfoSection[],
): readonly CommandSpec<SessionCall>[] {
  const handler = (call: SessionCall): void => {
    const names: string[] = [];
    for (let i = 1; i < call.args.count; i++) names.push(call.args.name(i).toLowerCase());
    call.reply.verbatim("txt", infoReport(sections, names));
  };
  return [
    {
      name: "info",
      arity: -1,
      flags: ["loading", "stale"],
      group: "server",
      since: "1.0.0",
      summary: "Reports facts and counters of the server, section by section.",
      complexity: "O(1)",
      categories: ["dangerous"],
      tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
      history: [["7.0.0", "Added support for taking multiple section arguments."]],
      arguments: [{ name: "section", type: "string", flags: ["optional", "multiple"] }],
      handler,
    },
  ];
}

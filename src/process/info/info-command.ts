import type { CommandSpec } from "../../command/spec";
import type { SessionCall } from "../../session/session-call";
import { type InfoSection, infoReport } from "./info-section";

/**
 * INFO: the report on the running server that people read and tools parse.
 * @param form how RESP3 gives it: a Sentinel has always given a plain string.
 */
export function infoCommands(
  sections: readonly InfoSection[],
  form: "verbatim" | "string" = "verbatim",
): readonly CommandSpec<SessionCall>[] {
  const handler = (call: SessionCall): void => {
    const names: string[] = [];
    for (let i = 1; i < call.args.count; i++) names.push(call.args.name(i).toLowerCase());
    const report = infoReport(sections, names);
    if (form === "verbatim") call.reply.verbatim("txt", report);
    else call.reply.bulkText(report);
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

/** The directive `notify-keyspace-events`; its value is the bits of keyspace-events.ts. */
import type { Directive, Parsed } from "../directive";
import { formatKeyspaceEvents, parseKeyspaceEvents, showKeyspaceEvents } from "../keyspace-events";
import { singleArgument } from "../kinds/single-argument";

export const keyspaceEventsDirective: Directive<"notify-keyspace-events", number> = {
  name: "notify-keyspace-events",
  alias: undefined,
  attributes: 0,
  standard: 0,
  parse: (args) => singleArgument(args, parseEvents),
  show: showKeyspaceEvents,
  same: (one, other) => one === other,
  lines: (value) => [{ text: `"${formatKeyspaceEvents(value)}"`, forced: value !== 0 }],
};

function parseEvents(letters: string): Parsed<number> {
  const value = parseKeyspaceEvents(letters);
  if (value !== undefined) return { value };
  return { problem: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'." };
}

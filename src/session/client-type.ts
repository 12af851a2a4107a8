import { type Client, KIND_MASTER, KIND_REPLICA } from "./client";

/** What CLIENT LIST TYPE and CLIENT KILL TYPE tell apart. A monitor is a normal client there. */
export type ClientType = "normal" | "replica" | "pubsub" | "master";

const TYPES: ReadonlyMap<string, ClientType> = new Map([
  ["normal", "normal"],
  ["slave", "replica"],
  ["replica", "replica"],
  ["pubsub", "pubsub"],
  ["master", "master"],
]);

/** The type of that name, in any case. */
export function clientTypeNamed(name: string): ClientType | undefined {
  return TYPES.get(name.toLowerCase());
}

export function clientTypeOf(client: Client): ClientType {
  if (client.kind === KIND_MASTER) return "master";
  if (client.kind === KIND_REPLICA) return "replica";
  return client.isSubscriber ? "pubsub" : "normal";
}

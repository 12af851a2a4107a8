/** The words of requests to an instance: under the names it gives its commands, with its password. */
import { HELLO_CHANNEL } from "../model/constants";
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";
import type { LinkKind } from "../model/sentinel-event";
import type { SentinelModel } from "../model/sentinel-model";

/** How many digits of the own id the name of a connection has. */
const ID_DIGITS_IN_NAME = 8;

/** What a command is called there (sentinel rename-command); other Sentinels rename nothing. */
export function commandName(instance: Instance, command: string): string {
  if (instance.kind === "sentinel") return command;
  return optionsOf(instance).renamedCommands.get(command.toLowerCase()) ?? command;
}

export function sendPing(draft: Draft, instance: Instance): void {
  if (!draft.send(instance, "ping", [commandName(instance, "PING")])) return;
  const { link } = instance;
  link.lastPingMs = draft.nowMs;
  if (link.unansweredPingMs === 0) link.unansweredPingMs = draft.nowMs;
}

export function sendInfo(draft: Draft, instance: Instance): void {
  if (draft.send(instance, "info", [commandName(instance, "INFO")])) {
    instance.infoAskedMs = draft.nowMs;
  }
}

/** What is sent first on a new connection. */
export function openingWords(model: SentinelModel, instance: Instance, of: LinkKind): string[][] {
  const opening: string[][] = [];
  const password = passwordFor(model, instance);
  if (password !== "") {
    const user = instance.kind === "sentinel" ? sentinelUser(model) : optionsOf(instance).authUser;
    const words = user === "" ? [password] : [user, password];
    opening.push([commandName(instance, "AUTH"), ...words]);
  }
  const suffix = of === "commands" ? "cmd" : "pubsub";
  const name = `sentinel-${model.myId.slice(0, ID_DIGITS_IN_NAME)}-${suffix}`;
  opening.push([commandName(instance, "CLIENT"), "SETNAME", name]);
  if (of === "events") opening.push([commandName(instance, "SUBSCRIBE"), HELLO_CHANNEL]);
  return opening;
}

function passwordFor(model: SentinelModel, instance: Instance): string {
  if (instance.kind !== "sentinel") return optionsOf(instance).authPass;
  return model.sentinelPass === "" ? model.ownPassword : model.sentinelPass;
}

/** The own password belongs to the default user, whose name is not said. */
function sentinelUser(model: SentinelModel): string {
  return model.sentinelPass === "" ? "" : model.sentinelUser;
}

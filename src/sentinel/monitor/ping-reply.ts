/** What an answer to PING says of an instance. */
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";
import type { PeerReply } from "../model/sentinel-event";
import { ignoreInput, shownText } from "./bad-input";
import { errorOf } from "./reply-shape";
import { commandName } from "./requests";

/** Answers of a server that is there, even if it cannot serve yet. */
const ACCEPTABLE_ERRORS = ["LOADING", "MASTERDOWN"];

export function onPingReply(draft: Draft, instance: Instance, reply: PeerReply): void {
  const { link } = instance;
  const error = errorOf(reply);
  link.lastPongMs = draft.nowMs;
  if (error === undefined && typeof reply !== "string") {
    ignoreInput(draft, instance, "a reply to PING of another kind");
  } else if (reply === "PONG") {
    beAvailable(draft, instance);
    for (const user of link.users) user.isRebooting = false;
  } else if (ACCEPTABLE_ERRORS.some((word) => error?.startsWith(word))) {
    beAvailable(draft, instance);
  } else if (error?.startsWith("BUSY")) {
    if (instance.isSubjectivelyDown) killScript(draft, instance);
  } else {
    // A wrong password is the usual reason, and nothing else would tell of it.
    ignoreInput(draft, instance, `${shownText(error ?? String(reply))} in reply to PING`);
  }
}

function beAvailable(draft: Draft, instance: Instance): void {
  const { link } = instance;
  link.lastAvailableMs = draft.nowMs;
  link.unansweredPingMs = 0;
  // Who worked and was cut off (CLIENT KILL of a failover) is connected to again without a wait.
  link.lastReconnectMs = 0;
}

/** A script that blocks the server for so long is ended, once per time that the server is down. */
function killScript(draft: Draft, instance: Instance): void {
  if (instance.isScriptKillSent) return;
  const words = [commandName(instance, "SCRIPT"), "KILL"];
  instance.isScriptKillSent = draft.send(instance, "script-kill", words);
}

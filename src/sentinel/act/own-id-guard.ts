/**
 * Another Sentinel with this one's id: the virtual machine was cloned. Their votes would count as one and
 * they would not see each other, so this one takes a fresh id (the other does the same).
 */
import { FRESH_ID_PERIOD_MS, RUN_ID_LENGTH } from "../model/constants";
import type { Draft } from "../model/draft";
import type { StepContext } from "../model/sentinel-event";
import type { Hello } from "../monitor/hello-message";

/** `hello` has this Sentinel's id and is none that it has sent itself since it started. */
export function guardOwnId(draft: Draft, hello: Hello): void {
  const { model, nowMs } = draft;
  // Where it is itself is not known before it has said so.
  if (model.announcedAs.size === 0) return;
  if (model.freshIdMs !== 0 && nowMs - model.freshIdMs < FRESH_ID_PERIOD_MS) return;
  // Votes for the old id would be lost in the middle of a failover.
  for (const master of model.masters.values()) if (master.isFailingOver) return;
  const oldId = model.myId;
  model.freshIdMs = nowMs;
  model.myId = freshId(draft.context);
  draft.save();
  const where = `${hello.host} ${hello.port}`;
  draft.plainEvent("warning", "+fresh-id", `${model.myId} #${oldId} is used by ${where} too`);
}

function freshId(context: StepContext): string {
  let id = "";
  while (id.length < RUN_ID_LENGTH) id += Math.floor(context.random() * 16).toString(16);
  return id;
}

/**
 * One step of a Sentinel: the only way, beside the decisions that commands call with a Draft, in which
 * the model changes.
 *
 * What always holds: it does nothing itself. What is to be done are the actions, to be carried out in
 * their order; whoever does so tells what came of them by further events.
 */
import { Draft } from "../model/draft";
import type { SentinelAction, SentinelEvent, StepContext } from "../model/sentinel-event";
import type { SentinelModel } from "../model/sentinel-model";

export function step(
  model: SentinelModel,
  event: SentinelEvent,
  context: StepContext,
): readonly SentinelAction[] {
  const draft = new Draft(model, context);
  apply(draft, event);
  return draft.actions;
}

function apply(_draft: Draft, event: SentinelEvent): void {
  throw new Error(`${event.kind}: not built yet`);
}

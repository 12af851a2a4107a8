/** Input that no honest peer sends: a log line, rarely, and nothing else. */
import { BAD_INPUT_LOG_PERIOD_MS } from "../model/constants";
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";
import { describe } from "../model/instance-name";

/** Says that `what` was ignored; `from` is who it came from, as far as that is known. */
export function ignoreInput(draft: Draft, from: Instance | undefined, what: string): void {
  const notebook = from ?? draft.model;
  const { badInputLoggedMs } = notebook;
  if (badInputLoggedMs !== 0 && draft.nowMs - badInputLoggedMs < BAD_INPUT_LOG_PERIOD_MS) return;
  notebook.badInputLoggedMs = draft.nowMs;
  const source = from === undefined ? "" : ` from ${describe(from, draft.model)}`;
  draft.log("warning", `Ignored ${what}${source}`);
}

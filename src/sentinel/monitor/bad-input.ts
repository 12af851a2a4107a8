/** Input that no honest peer sends: a log line, rarely, and nothing else. */
import { latin1Bytes } from "../../base/bytes";
import { quoteBytes } from "../../base/quoting";
import { BAD_INPUT_LOG_PERIOD_MS } from "../model/constants";
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";
import { describe } from "../model/instance-name";

const MAX_SHOWN_LENGTH = 200;

/** A peer's text as a log line may have it: quoted, so that it can forge none, and not too long. */
export function shownText(text: string): string {
  const bytes = latin1Bytes(text.slice(0, MAX_SHOWN_LENGTH));
  return quoteBytes(bytes, 0, bytes.length);
}

/** Says that `what` was ignored; `from` is who it came from, as far as that is known. */
export function ignoreInput(draft: Draft, from: Instance | undefined, what: string): void {
  const notebook = from ?? draft.model;
  const { badInputLoggedMs } = notebook;
  if (badInputLoggedMs !== 0 && draft.nowMs - badInputLoggedMs < BAD_INPUT_LOG_PERIOD_MS) return;
  notebook.badInputLoggedMs = draft.nowMs;
  const source = from === undefined ? "" : ` from ${describe(from, draft.model)}`;
  draft.log("warning", `Ignored ${what}${source}`);
}

import type { Listeners } from "./listeners";
import type { ServerFacts } from "./server-facts";
import type { Shutdown } from "./shutdown";

/** What the data node is given of the process it lives in. */
export interface NodeHost {
  readonly facts: ServerFacts;
  readonly listeners: Listeners;
  readonly shutdown: Shutdown;
}

import type { Command } from "../command/command";
import type { ScratchRequest } from "../session/scratch-request";
import type { DataCall } from "./data-call";

/** What it takes to run commands beside those of the turn: EXEC, serving who waits, MIGRATE. */
export interface NestedRuns {
  /** Writes requests where no request of the turn lies. */
  readonly scratch: ScratchRequest;
  /** Called before the first of several nested runs. */
  readonly beginNested: () => void;
  /** @param handler instead of the command's own, for one that ends without having been run. */
  readonly runNested: (
    call: DataCall,
    command: Command<DataCall>,
    handler?: (call: DataCall) => void,
  ) => void;
}

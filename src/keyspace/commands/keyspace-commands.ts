import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../data-call";
import { copyMoveCommands } from "./copy-move";
import { expireCommands } from "./expire";
import { flushCommands } from "./flush";
import { iterateCommands } from "./iterate";
import { keyCommands } from "./keys";
import { objectCommands } from "./object";
import { renameCommands } from "./rename";
import { timeToLiveCommands } from "./time-to-live";

/** Every command on keys whatever they hold, and on databases. SELECT is beside: it needs a client. */
export const keyspaceCommands: readonly CommandSpec<DataCall>[] = [
  ...keyCommands,
  ...renameCommands,
  ...copyMoveCommands,
  ...iterateCommands,
  ...objectCommands,
  ...flushCommands,
  ...expireCommands,
  ...timeToLiveCommands,
];

import { constants, getPriority, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { loadAddon } from "../native/addon";
import { byteCodecs } from "../native/byte-codecs";
import { serveSnapshots } from "../persistence/snapshot/snapshot-thread";
import { valueEncoders } from "./value-codecs";

/** More than the process, as nice(1) counts: where processors are short, who serves goes first. */
const NICENESS = 5;

/** The program of the thread that writes snapshots; the bundle has it as a file of its own. */
if (parentPort !== null) {
  // Linux has a niceness for every thread; elsewhere this would slow down the whole process.
  if (process.platform === "linux") {
    setPriority(Math.min(getPriority() + NICENESS, constants.priority.PRIORITY_LOW));
  }
  serveSnapshots(parentPort, valueEncoders, byteCodecs(loadAddon().addon));
}

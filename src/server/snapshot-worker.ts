import { parentPort } from "node:worker_threads";
import { loadAddon } from "../native/addon";
import { byteCodecs } from "../native/byte-codecs";
import { serveSnapshots } from "../persistence/snapshot/snapshot-thread";
import { valueSavers } from "./value-codecs";

/** The program of the thread that writes snapshots; the bundle has it as a file of its own. */
if (parentPort !== null) serveSnapshots(parentPort, valueSavers, byteCodecs(loadAddon().addon));

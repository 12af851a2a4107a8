// Fills a server quickly with numbered keys or elements over one pipelined connection.
// Not a benchmark: its own speed is never measured. What always holds: when `load` resolves, every
// command has been answered, and none with an error.

import { connect } from "node:net";
import { encodeCommand } from "../../test/support/resp-encode";
import { numberPlaces, writeDigits } from "./numbered-command";

const BATCH_COMMANDS = 500;
// Two batches under way keep the server busy without letting its input grow.
const BATCHES_IN_FLIGHT = 2;
const LF = 10;
const MINUS = 45;

export interface BulkLoad {
  readonly port: number;
  /** Arguments of the command; `NUMBER` in them becomes first, first + 1, ... */
  readonly command: readonly string[];
  readonly count: number;
  readonly first?: number;
  /** Lines of one reply; 1 for simple strings and integers, 2 for bulk strings. */
  readonly replyLines?: number;
}

export function load({ port, command, count, first = 0, replyLines = 1 }: BulkLoad): Promise<void> {
  return new Promise((resolve, reject) => {
    const template = encodeCommand(command);
    const socket = connect(port, "127.0.0.1");
    let sent = 0;
    let linesAwaited = 0;
    let atLineStart = true;
    const sendBatch = () => {
      const commands = Math.min(BATCH_COMMANDS, count - sent);
      if (commands === 0) return;
      socket.write(numbered(template, first + sent, commands));
      sent += commands;
      linesAwaited += commands * replyLines;
    };
    const receive = (chunk: Buffer) => {
      for (const byte of chunk) {
        if (atLineStart && byte === MINUS) return fail(new Error(`load: ${chunk.toString()}`));
        atLineStart = byte === LF;
        if (atLineStart) linesAwaited -= 1;
      }
      const lowWater = BATCH_COMMANDS * replyLines * (BATCHES_IN_FLIGHT - 1);
      if (linesAwaited <= lowWater) sendBatch();
      if (linesAwaited === 0 && sent === count) {
        socket.destroy();
        resolve();
      }
    };
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.on("error", fail);
    socket.on("end", () => fail(new Error("load: the server closed the connection")));
    socket.on("data", receive);
    socket.once("connect", () => {
      if (count === 0) {
        socket.destroy();
        resolve();
      }
      for (let batch = 0; batch < BATCHES_IN_FLIGHT; batch++) sendBatch();
    });
  });
}

/** `commands` copies of the template with their numbers written in. */
function numbered(template: Buffer, first: number, commands: number): Buffer {
  const places = numberPlaces(template);
  const bytes = Buffer.allocUnsafe(template.length * commands);
  for (let index = 0; index < commands; index++) {
    const start = index * template.length;
    template.copy(bytes, start);
    for (const place of places) writeDigits(bytes, start + place, first + index);
  }
  return bytes;
}

// Writing replies into the output memory: integers, bulks, arrays, nils. 100 replies per round, so
// that beginning and ending a turn do not count.

import { ReplyWriter } from "../../../src/protocol/reply-writer";
import type { Mitata } from "../mitata";

const REPLIES = 100;
const OUTPUT_BYTES = 1 << 22;
export function benchReplyWriting({ bench, do_not_optimize }: Mitata): void {
  const output = new Uint8Array(OUTPUT_BYTES);
  const reply = new ReplyWriter(output, new Uint32Array(1 << 12), () => undefined);
  const segment = new Uint8Array(new SharedArrayBuffer(1 << 16));

  function measure(name: string, write: (index: number) => void): void {
    bench(`${REPLIES} x ${name}`, () => {
      reply.begin(1);
      for (let index = 0; index < REPLIES; index++) write(index);
      do_not_optimize(reply.endTurn());
    });
  }

  measure("ok", () => reply.ok());
  measure("nil", () => reply.nil());
  measure("integer below 10", (index) => reply.integer(index % 10));
  measure("integer of 10 digits", (index) => reply.integer(1_234_567_890 + index));
  measure("bigInteger of 19 digits", () => reply.bigInteger(9_223_372_036_854_775_807n));
  for (const length of [3, 32, 160, 1024, 10_000]) {
    measure(`bulk of ${length} B from a segment`, () => reply.bulkBlock(0, segment, 64, length));
  }
  measure("array of 10 bulks of 32 B", () => {
    reply.array(10);
    for (let element = 0; element < 10; element++) reply.bulk(segment, element * 40, 32);
  });
}

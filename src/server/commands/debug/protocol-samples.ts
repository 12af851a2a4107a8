import { latin1Bytes } from "../../../base/bytes";
import type { ReplyWriter } from "../../../protocol/reply-writer";

/** Close to a famous number and not it, so that nobody rounds. */
const SAMPLE_DOUBLE = 3141 / 1000;

/**
 * DEBUG PROTOCOL: one reply of each type, for tests of clients. The values are Redis's.
 */
const SAMPLES: ReadonlyMap<string, (reply: ReplyWriter) => void> = new Map([
  ["string", (reply) => reply.bulkText("Hello World")],
  ["integer", (reply) => reply.integer(12_345)],
  ["double", (reply) => reply.double(SAMPLE_DOUBLE)],
  ["bignum", bigNumber],
  ["null", (reply) => reply.nil()],
  ["array", (reply) => countTo(reply, () => reply.array(3))],
  ["set", (reply) => countTo(reply, () => reply.set(3))],
  ["map", map],
  ["attrib", attribute],
  ["push", push],
  ["verbatim", (reply) => reply.verbatim("txt", "This is a verbatim\nstring")],
  ["true", (reply) => reply.boolean(true)],
  ["false", (reply) => reply.boolean(false)],
]);

/** Writes the sample of a type (lower case); an error for a type that there is none of. */
export function replySample(reply: ReplyWriter, type: string): void {
  const write = SAMPLES.get(type);
  if (write !== undefined) {
    write(reply);
    return;
  }
  const types = [...SAMPLES.keys()].join("|");
  reply.error(`ERR Wrong protocol type name. Please use one of the following: ${types}`);
}

const BIG_NUMBER = "1234567999999999999999999999999999999";

function bigNumber(reply: ReplyWriter): void {
  if (reply.resp3) reply.raw(latin1Bytes(`(${BIG_NUMBER}\r\n`));
  else reply.bulkText(BIG_NUMBER);
}

function countTo(reply: ReplyWriter, header: () => void): void {
  header();
  for (let number = 0; number < 3; number++) reply.integer(number);
}

function map(reply: ReplyWriter): void {
  reply.map(3);
  for (let number = 0; number < 3; number++) {
    reply.integer(number);
    reply.boolean(number === 1);
  }
}

/** Clients of RESP2 get the reply without its attribute. */
function attribute(reply: ReplyWriter): void {
  if (reply.resp3) {
    reply.raw(latin1Bytes("|1\r\n"));
    reply.bulkText("key-popularity");
    reply.array(2);
    reply.bulkText("key:123");
    reply.integer(90);
  }
  reply.bulkText("Some real reply following the attribute");
}

function push(reply: ReplyWriter): void {
  if (!reply.resp3) {
    reply.error("ERR RESP2 is not supported by this command");
    return;
  }
  reply.push(2);
  reply.bulkText("server-cpu-usage");
  reply.integer(42);
  reply.bulkText("Some real reply following the push reply");
}

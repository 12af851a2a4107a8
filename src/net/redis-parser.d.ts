// The types of redis-parser 3.0, which brings none. `buffer` and `offset` are not in its README; the
// link needs them to find the bytes that follow a reply (test/unit/net/link.test.ts holds on to it).

declare module "redis-parser" {
  interface ParserOptions {
    returnReply(reply: unknown): void;
    returnError(error: Error): void;
    returnFatalError(error: Error): void;
    returnBuffers: boolean;
    stringNumbers: boolean;
  }

  class Parser {
    constructor(options: ParserOptions);
    execute(bytes: Buffer): void;
    /** What was not consumed; null between replies. */
    buffer: Buffer | null;
    /** Where in `buffer` the next reply begins. */
    offset: number;
  }

  export = Parser;
}

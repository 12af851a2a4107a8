// Commands as bytes on the wire: an array of bulk strings, as every client sends them.

export type Argument = string | Buffer;

const CRLF = Buffer.from("\r\n");

/** The RESP form of one command. Strings are sent as UTF-8. */
export function encodeCommand(args: readonly Argument[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${args.length}\r\n`)];
  for (const arg of args) {
    const bytes = typeof arg === "string" ? Buffer.from(arg) : arg;
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, CRLF);
  }
  return Buffer.concat(parts);
}

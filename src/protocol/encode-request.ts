/**
 * A request as bytes on the wire: an array of bulk strings, as every client sends them.
 *
 * For outgoing connections and other slow paths; it allocates the result. Strings are UTF-8.
 */

const CRLF_BYTES = 2;

/** Throws RangeError when there are no arguments: an empty array is no request. */
export function encodeRequest(args: readonly (string | Uint8Array)[]): Buffer {
  if (args.length === 0) throw new RangeError("a request needs a command");
  // One call out of JavaScript for the whole request instead of one for each of its parts.
  return args.every(isText) ? Buffer.from(requestText(args)) : requestBytes(args);
}

function isText(arg: string | Uint8Array): arg is string {
  return typeof arg === "string";
}

function requestText(args: readonly string[]): string {
  let text = `*${args.length}\r\n`;
  for (const arg of args) text += `${headerOf(Buffer.byteLength(arg))}${arg}\r\n`;
  return text;
}

function requestBytes(args: readonly (string | Uint8Array)[]): Buffer {
  const count = `*${args.length}\r\n`;
  let sizeBytes = count.length;
  for (const arg of args) {
    const length = Buffer.byteLength(arg);
    sizeBytes += headerOf(length).length + length + CRLF_BYTES;
  }
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let at = bytes.write(count, 0, "latin1");
  for (const arg of args) {
    const length = Buffer.byteLength(arg);
    at += bytes.write(headerOf(length), at, "latin1");
    if (typeof arg === "string") bytes.write(arg, at, "utf8");
    else bytes.set(arg, at);
    at += length;
    at += bytes.write("\r\n", at, "latin1");
  }
  return bytes;
}

function headerOf(length: number): string {
  return `$${length}\r\n`;
}

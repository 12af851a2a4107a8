/**
 * Byte text: a string with one character (0-255) per byte, the form in which the configuration
 * keeps what users wrote. It is not UTF-8 text; `decodeUtf8` makes that, for file names and logs.
 *
 * What always holds: bytes -> byte text -> bytes gives the same bytes.
 */
import { quoteBytes, splitArguments } from "../base/quoting";

export function toBytes(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

export function fromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** The text that the bytes stand for when they are UTF-8. */
export function decodeUtf8(text: string): string {
  // Nearly everything in a configuration is ASCII, which is the same in both forms.
  return /[\x80-\xff]/.test(text) ? toBytes(text).toString("utf8") : text;
}

/** A Unicode string (an argument of the process, a path) as byte text. */
export function encodeUtf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Splits a line as Redis does, or undefined when its quotes are not balanced. */
export function splitByteText(line: string): string[] | undefined {
  // Nearly every line is plain words, which a Sentinel that saves its state reads again and again.
  if (/^[\t !#-&(-~]*$/.test(line)) return line.match(/[^\t ]+/g) ?? [];
  const bytes = toBytes(line);
  return splitArguments(bytes, 0, bytes.length)?.map(fromBytes);
}

/** The text in double quotes with escapes, as Redis writes strings into configuration files. */
export function quoteByteText(text: string): string {
  const bytes = toBytes(text);
  return quoteBytes(bytes, 0, bytes.length);
}

/** ASCII lower case: bytes above 127 stay as they are, whatever letter they may be in Latin-1. */
export function lowerByteText(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * A word of a line that is written into a file: as it is when that reads back as the same word, in
 * quotes otherwise. A line break in a host name must not become a line of its own.
 */
export function wordByteText(word: string): string {
  return /^[!$-&(-~]+$/.test(word) ? word : quoteByteText(word);
}

/** Without spaces, tabs, carriage returns and newlines at both ends, in one walk. */
export function trimByteText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

// Parts of RDB files and DUMP payloads made by hand, for what is not written any more or was never
// written by anybody.

import { Crc64 } from "../../src/base/crc64";
import { RDB_OPCODES } from "../../src/rdb/rdb-format";

const CHECKSUM_BYTES = 8;

/** A string with its length in front, as RDB has them. */
export function rdbString(bytes: Buffer | string): Buffer {
  const content = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
  return Buffer.concat([rdbLength(content.length), content]);
}

export function rdbLength(length: number): Buffer {
  if (length < 64) return Buffer.from([length]);
  if (length < 16384) return Buffer.from([0x40 | (length >> 8), length & 255]);
  const bytes = Buffer.from([0x80, 0, 0, 0, 0]);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

/** The body with version and checksum behind it. */
export function payloadOf(body: Buffer, version: number): Buffer {
  const payload = Buffer.concat([body, Buffer.from([version, 0]), Buffer.alloc(CHECKSUM_BYTES)]);
  const end = payload.length - CHECKSUM_BYTES;
  const crc = new Crc64();
  crc.update(payload, 0, end);
  crc.write(payload, end);
  return payload;
}

/** Header, records and the end. */
export function wholeFile(version: number, hasChecksum: boolean, records: Buffer[]): Buffer {
  const header = Buffer.from(`REDIS${String(version).padStart(4, "0")}`);
  const body = Buffer.concat([header, ...records, Buffer.from([RDB_OPCODES.END])]);
  const checksum = Buffer.alloc(version < 5 ? 0 : 8);
  if (!hasChecksum || version < 5) return Buffer.concat([body, checksum]);
  const crc = new Crc64();
  crc.update(body, 0, body.length);
  crc.write(checksum, 0);
  return Buffer.concat([body, checksum]);
}

export function uint32(value: number): Buffer {
  return littleEndian(BigInt(value), 4);
}

/** The lowest `size` bytes of an integer, least significant first. */
export function littleEndian(value: bigint, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes.subarray(0, size);
}

/** A length of eight bytes. */
export function rdbLength64(value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x81;
  bytes.writeBigUInt64BE(value, 1);
  return bytes;
}

/** A listpack of strings and of integers below 4096, which are kept as integers. */
export function listpack(elements: readonly (string | number)[]): Buffer {
  const parts = elements.map((element) => {
    const content = typeof element === "number" ? smallInteger(element) : shortString(element);
    return Buffer.concat([content, Buffer.from([content.length])]);
  });
  const frame = Buffer.alloc(6);
  const length = parts.reduce((sum, part) => sum + part.length, frame.length + 1);
  frame.writeUInt32LE(length);
  frame.writeUInt16LE(elements.length, 4);
  return Buffer.concat([frame, ...parts, Buffer.from([0xff])]);
}

function smallInteger(value: number): Buffer {
  if (value >= 0 && value < 128) return Buffer.from([value]);
  const bits = value & 0x1fff;
  return Buffer.from([0xc0 | (bits >> 8), bits & 255]);
}

function shortString(text: string): Buffer {
  const content = Buffer.from(text, "latin1");
  if (content.length > 63) throw new Error("too long for a short string");
  return Buffer.concat([Buffer.from([0x80 | content.length]), content]);
}

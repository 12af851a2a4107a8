import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Crc64 } from "../../../../src/base/crc64";
import { PORTABLE_CODECS } from "../../../../src/native/byte-codecs";
import { PayloadFile } from "../../../../src/replication/replica/payload-file";
import { withSeed } from "../../../support/seeds";
import { tempDir } from "../../../support/temp-dir";

const MARK = "0123456789abcdef0123456789abcdef01234567";

/** A file with a right head and a right checksum; what is between is nobody's concern here. */
function copyOf(length: number): Buffer {
  const bytes = Buffer.alloc(length, 7);
  bytes.write("REDIS0010", 0, "latin1");
  const sum = new Crc64();
  sum.update(bytes, 0, length - 8);
  sum.write(bytes, length - 8);
  return bytes;
}

test("a file of a known size ends with its last byte, and what follows is not its", (t) => {
  const path = join(tempDir(t), "a");
  const copy = copyOf(1000);
  const file = new PayloadFile(path, { sizeBytes: 1000, mark: undefined });
  assert.equal(file.take(copy.subarray(0, 400)), 400);
  assert.equal(file.isComplete, false);
  const rest = Buffer.concat([copy.subarray(400), Buffer.from("*1\r\n")]);
  assert.equal(file.take(rest), 600);
  assert.ok(file.isComplete);
  assert.equal(file.finish(PORTABLE_CODECS), undefined);
  assert.ok(readFileSync(path).equals(copy));
});

test("a file with a mark ends with it, however it is cut", async (t) => {
  const dir = tempDir(t);
  await withSeed((random) => {
    for (let round = 0; round < 50; round++) {
      const path = join(dir, `b${round}`);
      const copy = copyOf(200 + random.below(300));
      const all = Buffer.concat([copy, Buffer.from(MARK)]);
      const file = new PayloadFile(path, { sizeBytes: undefined, mark: MARK });
      for (let at = 0; at < all.length; ) {
        assert.equal(file.isComplete, false);
        const end = Math.min(at + 1 + random.below(90), all.length);
        assert.equal(file.take(all.subarray(at, end)), end - at);
        at = end;
      }
      assert.ok(file.isComplete);
      assert.equal(file.finish(PORTABLE_CODECS), undefined);
      assert.ok(readFileSync(path).equals(copy));
    }
  });
});

test("a file that is none, or has been changed on its way, is refused", (t) => {
  const dir = tempDir(t);
  const problemOf = (name: string, bytes: Buffer): string | undefined => {
    const path = join(dir, name);
    const file = new PayloadFile(path, { sizeBytes: bytes.length, mark: undefined });
    file.take(bytes);
    const problem = file.finish(PORTABLE_CODECS);
    file.discard();
    assert.equal(existsSync(path), false);
    return problem;
  };
  assert.match(problemOf("short", Buffer.from("RED")) ?? "", /^Wrong signature/);
  assert.match(problemOf("other", Buffer.alloc(500, 65)) ?? "", /^Wrong signature/);
  const flipped = copyOf(500);
  flipped[250] ^= 1;
  assert.match(problemOf("flipped", flipped) ?? "", /^Wrong RDB checksum/);
  const unsummed = copyOf(500);
  unsummed.fill(0, 492);
  assert.equal(problemOf("unsummed", unsummed), undefined);
});

test("a file that is given up leaves nothing", (t) => {
  const path = join(tempDir(t), "c");
  const file = new PayloadFile(path, { sizeBytes: 10, mark: undefined });
  file.take(Buffer.from("abc"));
  assert.ok(existsSync(path));
  file.discard();
  assert.equal(existsSync(path), false);
  file.discard();
});

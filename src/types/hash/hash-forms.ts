import { latin1Bytes } from "../../base/bytes";
import type { HalfSipHash } from "../../base/half-sip-hash";
import type { Arena } from "../../memory/arena";
import type { Dict } from "../../structures/dict";
import { Listpack } from "../../structures/listpack";
import { NO_FIELD_EXPIRY, newFieldEntry } from "./field-entry";
import type { FieldRow } from "./field-row";

/** How all fields of a hash go over from one form to the next; when, is decided by HashValue. */

/** An expiry in a listpack where there is none. */
export const ZERO = latin1Bytes("0");
const DIGITS_BYTES = 24;

/** Adds the fields of a row to an empty listpack. */
export function moveRowToPack(row: FieldRow, pack: Listpack): void {
  const { shown } = row;
  for (let field = row.first(); field !== 0; field = row.next(field)) {
    row.show(field);
    pack.append(shown.bytes, shown.at, shown.length);
    row.show(row.valueOf(field));
    pack.append(shown.bytes, shown.at, shown.length);
  }
}

/** Gives each field of a listpack a place for an expiry; the listpack gets another block. */
export function addExpiries(memory: Arena, pack: Listpack): void {
  const wider = new Listpack(memory).create(pack.listpackBytes + pack.count);
  for (let offset = pack.first(); offset !== 0; ) {
    const next = pack.next(pack.next(offset));
    wider.appendFrom(pack, offset, next, 2);
    wider.append(ZERO, 0, 1);
    offset = next;
  }
  const { ref } = wider;
  pack.dispose();
  pack.open(ref);
}

/**
 * Moves all fields of a listpack to a new dictionary, which `dict` opens; the listpack is freed.
 * @param elements of the listpack per field: two, or three with the expiry.
 */
export function movePackToDict(
  memory: Arena,
  hasher: HalfSipHash,
  pack: Listpack,
  elements: number,
  dict: Dict,
): void {
  const digits = new Uint8Array(DIGITS_BYTES);
  dict.create();
  for (let offset = pack.first(); offset !== 0; ) {
    pack.read(offset);
    let field = pack.valueBytes;
    let fieldAt = pack.valueAt;
    const fieldLength = pack.valueLength;
    if (!pack.isInPlace) {
      // The digits of the value come into the same scratch.
      digits.set(field.subarray(0, fieldLength));
      field = digits;
      fieldAt = 0;
    }
    const value = pack.next(offset);
    let expiryMs = NO_FIELD_EXPIRY;
    offset = pack.next(value);
    if (elements === 3) {
      pack.read(offset);
      if (pack.integer !== 0) expiryMs = pack.integer;
      offset = pack.next(offset);
    }
    pack.read(value);
    dict.insert(
      newFieldEntry(
        memory,
        hasher.hash(field, fieldAt, fieldLength),
        field,
        fieldAt,
        fieldLength,
        pack.valueBytes,
        pack.valueAt,
        pack.valueLength,
        expiryMs,
      ),
    );
  }
  pack.dispose();
}

// XXH3-64 against digests that the reference implementation (libxxhash 0.8.1, XXH3_64bits) gave.

import assert from "node:assert/strict";
import { test } from "node:test";
import { xxh3Digits } from "../../../src/base/xxh3";

/** By length, of the bytes that `input` makes. */
const DIGESTS: readonly (readonly [number, string])[] = [
  [0, "2d06800538d394c2"],
  [1, "c44bdff4074eecdb"],
  [2, "7637ba5b2c85d7ce"],
  [3, "659d47078a82e637"],
  [4, "4a8402372f3f0f8e"],
  [5, "2633f95f1a4b3341"],
  [7, "11d2c93e00230946"],
  [8, "79e8eaf6dd1ee83d"],
  [9, "da716b9c7b2944e1"],
  [12, "27a96432cae0f4ec"],
  [15, "b599076feb939f53"],
  [16, "168575f4b2d49cc3"],
  [17, "5954f31d76dec906"],
  [31, "e95d7d4e5488cb08"],
  [32, "2eb9bedc14bb3d9f"],
  [33, "5dfa7423e4b27381"],
  [48, "7f8bd4bce99194c9"],
  [63, "60633cd29df72209"],
  [64, "ec3c777180a2c710"],
  [65, "2e93e9f8878af612"],
  [96, "becbefa44d459cc2"],
  [97, "171bd0f51ba9f5c7"],
  [127, "12a549cb78b5dde8"],
  [128, "12e435ad2cac9be8"],
  [129, "9be1535f8c6400a2"],
  [130, "45f45d9236a95ed3"],
  [143, "d8926ae0c1474412"],
  [144, "d9824030840b0b45"],
  [145, "61998e6ef480afc8"],
  [160, "a1d02eedf1df18d5"],
  [239, "9d93ee9ae4a7378f"],
  [240, "d0d594ca3a661443"],
  [241, "0bd384faef54c77e"],
  [255, "c9d3534d2d14c32a"],
  [256, "d95f594c57b36144"],
  [257, "9055fca7cc35b920"],
  [320, "f3a160fbd075bc67"],
  [512, "77ac4c645f930e0d"],
  [513, "6bb8dbc46a7f7f9b"],
  [599, "2efe771f7c8ad511"],
  [1023, "6bb42f9d40dd8dbf"],
  [1024, "2ba913388c5e5064"],
  [1025, "6ebb199cea5b3ef3"],
  [1088, "355262dd8a2e6f2e"],
  [1089, "e7e4277e6b51d834"],
  [2047, "7e0b628ead3e2d52"],
  [2048, "abe7e5b129ddd50e"],
  [2049, "c9275385ac88c682"],
  [3000, "f1c8ca21325f2641"],
  [4096, "26bc7a311ea74744"],
  [10000, "40afd24abb123aff"],
  [65536, "e5d7d33aa4cd3810"],
  [100001, "e19a343994524030"],
];

function input(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => ((i * i * 7 + i * 13 + length) >>> 1) & 255));
}

test("digests of every way in which lengths are treated, at any place", () => {
  for (const [length, expected] of DIGESTS) {
    const bytes = Buffer.concat([Buffer.alloc(3, 9), input(length), Buffer.alloc(2, 9)]);
    assert.equal(xxh3Digits(bytes, 3, length), expected, String(length));
  }
  assert.equal(xxh3Digits(Buffer.from("Hello world"), 0, 11), "b6acb9d84a38ff74");
});

// Goal: no JSON gets in that programs or Postgres would choke on. Method: the checks alone, at and around their limits.
import assert from "node:assert/strict";
import { parseJson, refuseDeep, refuseInexactNumbers } from "./json.ts";
import { Problem } from "./problem.ts";

const is_validation_failed = (error: unknown) => error instanceof Problem && error.code === "validation_failed";

Deno.test("64 levels below the outermost are taken; 65, 8,000 and 100,000 are refused, not stumbled over", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    const nested = (levels: number) => parseJson(open.repeat(levels) + "1" + close.repeat(levels));
    refuseDeep(nested(65));
    for (const levels of [66, 8_000, 100_000]) {
      const value = nested(levels);
      assert.throws(() => refuseDeep(value), is_validation_failed, String(levels));
    }
  }
});

Deno.test("a number whose exponent stands for more than 21 zeros is refused, either way", () => {
  for (const number of ["1e308", "1.5e23", "-1E22", "1e-300", "5e-324", "1.25e-25", "1.7976931348623157e308"]) {
    assert.throws(() => refuseInexactNumbers(`[${number}]`), is_validation_failed, number);
  }
  for (
    const number of [
      ...["1e21", "1E-7", "123456789012345680000", "0.30000000000000004", "0.0000014285714285714286", "-0", "0e500"],
      ...["1.4285714285714287e-7", "1e-21", "150e3", "1.50"],
    ]
  ) refuseInexactNumbers(`{"a":${number}}`);
});

Deno.test("digits within strings are no numbers", () => {
  refuseInexactNumbers(String.raw`{"1e308":"1e308 \" 1e308 \\"}`);
});

import Conform.Family

/-!
# Families of small numbers: small integers, plus or minus one, powers of two

Every sum is exact in every format, so nothing but the true result is accepted.
-/

namespace Conform.Families

/-- Integers of at most three bits, fewer where the format has no room for the sum; zero is among them. -/
def smallIntegers : Family where
  name := "small-integers"
  description := "Small integers, zero among them; every sum is exact in every format."
  catches :=
    ["bias omitted, doubled, negated or broadcast along the wrong axis", "weights transposed, rows or columns shifted",
      "a term, block or row dropped or counted twice", "gradients swapped, scaled or negated",
      "mean over the batch instead of the sum", "only the first or last example used",
      "wrong shape, dtype or squeezed dimensions", "failing on empty or single-element arrays",
      "a cache keyed by shape"]
  classes := [(.square, 1), (.nonSquare, 1), (.prime, 1), (.sizeOne, 2), (.empty, 4), (.tail, 1)]
  suits := suitsProducts
  fill c s :=
    let bits := min 3 (c.budget / 2)
    let r := c.streamAt s
    if s.role != .unused && r.below 2 8 = 0 then number 0 else number (drawInteger r 0 bits)

/-- One or minus one everywhere. -/
def unit : Family where
  name := "unit"
  description := "Plus or minus one everywhere; every product is a sign."
  catches :=
    ["signs lost or swapped", "a term, block or row dropped or counted twice", "weights transposed",
      "gradients swapped", "sums scaled by a size"]
  classes := [(.square, 1), (.nonSquare, 1), (.prime, 1), (.tail, 1)]
  suits := suitsProducts
  fill c s := drawUnit (c.streamAt s)

/-- Powers of two; each result has an exponent of its own, from all over the range of the format. -/
def powersOfTwo : Family where
  name := "powers-of-two"
  description := "Powers of two; every result has its own exponent, from all over the range of the format."
  catches :=
    ["a format with a narrower exponent range on the way", "scaling that is not exact", "a term dropped",
      "weights transposed"]
  classes := [(.square, 1), (.nonSquare, 1), (.prime, 1), (.sizeOne, 1)]
  suits := suitsProducts
  fill c s :=
    let r := c.streamAt s
    let power (bits : Nat) : Int := r.below 0 (max 1 bits)
    let half := c.budget / 2
    let f := c.format
    -- With several sums, results of one are terms of another, and a wide spread would only make long numbers.
    let limit : Int := if c.manySums then 8 else 4096
    let rowScale :=
      if f.isInteger then 0
      else drawBetween (c.shared s.row) 0 (max (-limit) f.minNormalExponent) (min limit (f.maxExponent - f.precision))
    let sign := signed (r.coin 1) 1
    match s.role with
    | .left => number sign (power half + rowScale)
    | .right => number sign (power half)
    | .addend => number sign (power c.budget + rowScale)
    | .unused => number sign

end Conform.Families

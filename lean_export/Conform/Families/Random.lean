import Conform.Family

/-!
# Random numbers: normal, and of a wide exponent range

What rounding does to ordinary data; results are held to the error bound.
-/

namespace Conform.Families

/-- A number of at most `bits` bits: the sum of four uniform ones, less its mean (Irwin and Hall), whose standard
deviation is `2 ^ bits / √48`. -/
def drawNormal (s : SplitMix64) (bits : Nat) : Int :=
  if bits < 3 then drawInteger s 0 bits
  else
    let sum := (List.range 4).foldl (fun n i => n + s.below i (2 ^ (bits - 2))) 0
    (sum : Int) - (2 ^ (bits - 1) : Nat)

/-- Bell-shaped numbers with full significands; for integer formats as large as the sums allow. -/
def normal : Family where
  name := "normal"
  description := "Bell-shaped random numbers with full significands, of about the size of one."
  catches :=
    ["wrong formulas of every kind on ordinary data", "inputs rounded to a narrower format",
      "sums kept in a narrower format, where sums cancel", "weights transposed", "a cache keyed by shape",
      "rounding toward zero"]
  classes := [(.square, 1), (.nonSquare, 1), (.prime, 1), (.sizeOne, 1), (.empty, 1), (.tail, 1), (.long, 1), (.probe, 3)]
  suits := suitsProducts
  fill c s :=
    let r := c.streamAt s
    if c.format.isInteger then
      match s.role with
      | .left => number (drawNormal r (c.budget - c.budget / 2))
      | .right => number (drawNormal r (c.budget / 2))
      | .addend => number (drawNormal r c.budget)
      | .unused => number (drawNormal r (c.unusedBits (c.budget / 2)))
    else
      let p := c.format.precision
      number (drawNormal r p) (2 - p)

/-- Full significands with exponents spread over the range of the format, short of overflow. -/
def wideRange : Family where
  name := "wide-range"
  description := "Full significands with exponents spread evenly over a wide range, short of overflow."
  catches :=
    ["a format with a narrower exponent range on the way", "terms scaled before they are summed",
      "small terms lost", "the largest term dropped"]
  classes := [(.square, 1), (.nonSquare, 1), (.prime, 1), (.tail, 1)]
  suits := suitsProducts
  fill c s :=
    let r := c.streamAt s
    let f := c.format
    if f.isInteger then
      let bits := match s.role with
        | .left => c.budget - c.budget / 2
        | .right => c.budget / 2
        | .addend => c.budget
        | .unused => c.unusedBits (c.budget / 2)
      number (drawInteger r 0 (1 + r.below 2 (max 1 bits)))
    else
      let room : Nat := ((f.maxExponent - ceilLog2 c.mostTerms - 2) / 2).toNat
      -- The sums of a whole exponent range are long numbers, so only few terms get it.
      let reach : Nat := min room (if c.variant % 2 = 1 && c.terms ≤ 6 && !c.manySums then 500 else 40)
      number (drawFull r 0 f.precision) (drawBetween r 2 (-(reach : Int)) reach - f.precision + 1)

end Conform.Families

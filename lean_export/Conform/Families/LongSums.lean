import Conform.Family

/-!
# Long sums, and many elements

Past every unroll and block size, and exact, so that one dropped term shows.
-/

namespace Conform.Families

/-- The spacing of the nonzero terms that an exact sum has room for: with one unit in the first and last place of
every stretch and one in between, the units must not use up the significand. -/
def spacing (precision length : Nat) : Nat :=
  if length + 8 ≤ 2 ^ precision then 1
  else 2 ^ ceilLog2 ((3 * length + 2 ^ precision - 9) / (2 ^ precision - 8))

/-- Beside the borders and in the middle of stretches of `step` terms, and the last of `length` terms. -/
def isSpaced (step position length : Nat) : Bool :=
  let offset := position % step
  step = 1 || offset = 0 || offset = step - 1 || offset = step / 2 || position + 1 ≥ length

/-- Small odd numbers, mostly of one sign. Where the precision does not allow that many, units beside the borders of
blocks and at the ends. -/
def longSums : Family where
  name := "long-sums"
  description := "Sums of 257, 1025 and 4097 terms, exact; no term is zero unless the format has no room for them all."
  catches :=
    ["the last term, block or row dropped at any unroll or block size", "a block counted twice",
      "sums kept in a narrower format", "wrong past some number of elements", "blocks joined in a narrower format"]
  classes := [(.longer, 3)]
  forEachSum := [(.longest, 1)]
  -- A sum of elements beside sums of products has a factor of theirs as its terms, so theirs are long sums for it too.
  suits sum := sum.axis.isSome && sum.hasFactors
  fill c s :=
    let r := c.streamAt s
    let step := spacing c.format.precision c.length
    let chosen := isSpaced step s.position c.length
    -- Thousands of terms are units, which are written once where a component is their magnitude.
    let digits := if c.length > 2000 then 1 else min 4 c.budget
    let size := if digits ≤ 1 then 1 else r.below 0 (2 ^ digits) ||| 1
    let rightSign := if c.addsOnly then 1 else signed ((c.shared s.position).coin 0) 1
    match s.role with
    | .right => number rightSign
    | .unused => drawUnit r
    | _ => if chosen then number (rightSign * signed (r.below 1 4 = 0) size) else number 0

/-- One or minus one, in thousands. -/
def manyElements : Family where
  name := "many-elements"
  description := "More than a thousand results, of sums of few terms."
  catches :=
    ["wrong past some number of elements", "a block of results left out", "an index that wraps around",
      "the last row dropped"]
  classes := [(.many, 2)]
  suits := suitsProducts
  fill c s := drawUnit (c.streamAt s)

end Conform.Families

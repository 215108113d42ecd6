import Conform.Family

/-!
# Subnormal numbers

Inputs, products and sums below the smallest normal number. All but one scenario are exact: a result that was flushed
to zero is wrong.
-/

namespace Conform.Families

/-- The number of scenarios of `subnormals`. -/
def subnormalScenarios : Nat := 7

/-- Subnormal inputs, products and sums, and sums that reach the smallest normal number. -/
def subnormals : Family where
  name := "subnormals"
  description := "Subnormal inputs, products and sums, and sums that land on the smallest normal number."
  catches :=
    ["flush to zero of inputs or results", "gradual underflow lost",
      "a format with a narrower exponent range on the way", "one ulp off among the smallest numbers"]
  floatsOnly := true
  classes := [(.nonSquare, 2), (.square, 2), (.prime, 1), (.few, 2), (.tail, 1)]
  suits := suitsProducts
  scenarios := subnormalScenarios
  fill c s :=
    let r := c.streamAt s
    let f := c.format
    let p := f.precision
    let least := f.minExponent
    let normal := f.minNormalExponent
    let tiny := number (drawInteger r 0 (p - 1)) least
    -- So few bits that a sum of such terms is subnormal itself.
    let small (bits : Nat) := drawInteger r 0 (min bits (c.budget - 1))
    let half := least / 2
    let isLeft := s.role = .left || (c.addsOnly && s.role = .addend)
    let scenario := c.variant % subnormalScenarios
    if s.role = .unused then drawUnit r
    else match scenario with
    -- One subnormal input per sum.
    | 0 =>
      let hot := s.position = (s.row + c.variant) % max 1 c.length
      if isLeft then (if c.addsOnly && !hot then number 0 else tiny)
      else if s.role = .right && hot then number 1
      else number 0
    -- Subnormal products of normal factors.
    | 1 =>
      let bits := c.budget / 2
      if c.addsOnly then number (small p) least
      else match s.role with
        | .left => number (small (c.budget - bits - 1)) half
        | .right => number (small bits) (least - half)
        | _ => number (small p) least
    -- The smallest normal number, and one unit less, from subnormal terms.
    | 2 =>
      let rest := 2 ^ (p - 1) - (c.terms - 1) - s.row % 2
      let term : Int := signed (s.row % 3 = 2) (if s.position = 0 then rest else 1)
      if c.addsOnly || s.role = .addend then number term least
      else if isLeft then number term half
      else number 1 (least - half)
    -- Products that need bits below the smallest subnormal number.
    | 3 =>
      if c.addsOnly then tiny
      else match s.role with
        | .left => number (drawFull r 0 p) (half - p)
        | .right => number (drawFull r 0 p) (least - half - p + 3 + r.below 2 3)
        | _ => tiny
    -- Normal terms with a subnormal difference.
    | 4 =>
      let k : Int := 1 + (c.shared s.row).below 1 (2 ^ (p - 2))
      if s.role = .right then number 1
      else if s.position = 0 then (if c.terms = 1 then number k least else number (2 ^ (p - 1) + k) least)
      else if s.position + 1 = c.terms then number (-1) normal
      else number 0
    -- Subnormal right factors, or terms, under signs.
    | 5 =>
      if c.addsOnly || s.role != .left then number (small p) least
      else drawUnit r
    -- A subnormal addend alone.
    | _ =>
      if s.role = .addend then tiny
      else if s.role = .right then (if c.sum.hasAddend then number 0 else number 1)
      else if c.sum.hasAddend then number (small 3)
      else number (small p) least

end Conform.Families

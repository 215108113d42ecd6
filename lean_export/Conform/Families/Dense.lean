import Conform.Family

/-!
# Dense numbers that fill the format

As many bits as the format allows while every sum stays exact: `n` terms of `p - log₂ n` bits each.
-/

namespace Conform.Families

/-- How the bits of a term are shared by its factors: the left one, the right one. -/
def splitBits (budget variant : Nat) : Nat × Nat :=
  let narrow := min 3 (budget / 2)
  match variant % 3 with
  | 0 => (budget - narrow, narrow)
  | 1 => (narrow, budget - narrow)
  | _ => (budget - budget / 2, budget / 2)

/-- Significands as wide as an exact sum allows, in one factor, in the other, or shared between them. -/
def dense : Family where
  name := "dense"
  description := "Significands as wide as the format allows while every sum, in any order, is still exact."
  catches :=
    ["sums kept in a narrower format (float32 for float64, float16, bfloat16)",
      "inputs rounded to a narrower format", "split sums joined in a narrower format", "one ulp off",
      "bias omitted, doubled or negated", "a term, block or row dropped or counted twice",
      "integers taken through a floating-point format", "gradients swapped or scaled"]
  classes := [(.square, 2), (.nonSquare, 2), (.prime, 1), (.sizeOne, 1), (.tail, 3), (.long, 1)]
  scenarios := 3
  fill c s :=
    let r := c.streamAt s
    let f := c.format
    let (left, right) := splitBits c.budget c.variant
    let shift (i : Nat) : Int :=
      if f.isInteger then 0
      else drawBetween (c.shared 0) i (max (-60) (f.minNormalExponent / 2)) (min 60 ((f.maxExponent - f.precision) / 2))
    match s.role with
    | .left => number (drawInteger r 0 left) (shift 0)
    | .right => number (drawInteger r 0 right) (shift 1)
    | .addend =>
      if c.addsOnly then number (drawInteger r 0 c.budget) (shift 0)
      else number (drawInteger r 0 c.budget) (shift 0 + shift 1)
    | .unused => number (drawInteger r 0 (c.unusedBits (min left right)))

end Conform.Families

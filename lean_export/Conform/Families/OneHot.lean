import Conform.Family

/-!
# One-hot inputs

One term of every sum is not zero, so a result is an input, bit by bit.
-/

namespace Conform.Families

/-- One factor picks one element of the other, whose significands are full; or an addend stands alone. -/
def oneHot : Family where
  name := "one-hot"
  description := "One factor is zero but for a one in each sum, so that every result is an input of full significand."
  catches :=
    ["inputs rounded to a narrower format (TF32, bfloat16, float32 for float64)", "one ulp off",
      "weights transposed, rows or columns shifted by one", "integers taken through a floating-point format",
      "results rounded to a narrower format"]
  classes := [(.square, 3), (.nonSquare, 2), (.prime, 2)]
  scenarios := 3
  fill c s :=
    let r := c.streamAt s
    -- An integer that is read in one sum is a term of the others, which must stay in range.
    let bits := if c.format.isInteger && c.manySums then c.budget else c.format.precision
    let full := number (drawFull r 0 bits) (if c.format.isInteger then 0 else -(bits - 1 : Nat))
    let hot := s.position = (s.row + c.variant) % max 1 c.length
    let one := if hot then number 1 else number 0
    let mode := if c.sum.hasAddend then c.variant % 3 else c.variant % 2
    match s.role, mode with
    | .left, 1 => one
    | .left, _ => full
    | .right, 0 => one
    | .right, 1 => full
    | .right, _ => number 0
    | .addend, 2 => full
    | .addend, _ =>
      if !c.addsOnly then number 0
      else if s.position = (s.row + c.variant) % max 1 c.terms then full
      else number 0
    | .unused, _ => drawUnit r

end Conform.Families

import Conform.Family

/-!
# Zeros of both signs
-/

namespace Conform.Families

/-- Zeros of both signs among ones and minus ones. -/
def signedZeros : Family where
  name := "signed-zeros"
  description := "Zeros of both signs, alone and among ones; results that are zero compare equal whatever their sign."
  catches := ["negative zeros taken for something else", "the sign of a zero, where it is asked for"]
  floatsOnly := true
  classes := [(.nonSquare, 2), (.few, 1)]
  suits := suitsProducts
  fill c s :=
    let r := c.streamAt s
    -- Row zero has zeros only.
    match r.below 0 (if s.row = 0 then 2 else 4) with
    | 0 => number 0
    | 1 => .negZero
    | 2 => number 1
    | _ => number (-1)

end Conform.Families

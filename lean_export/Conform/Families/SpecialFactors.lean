import Conform.Family

/-!
# Factors that invite a shortcut

An identity matrix is no copy where there is a bias, a single zero is no empty product where the other factor is not
finite, and a negative zero ends nothing.
-/

namespace Conform.Families

/-- An identity matrix in either factor. -/
def identity : Family where
  name := "identity"
  description := "One factor is the identity matrix; the other factor and the addend are not zero."
  catches := ["an addend lost with a product by the identity that is left out"]
  classes := []
  forEachSum := [(.square, 4)]
  suits sum := sum.axis.isSome && sum.hasAddend
  fill c s :=
    let r := c.streamAt s
    let one := number (if s.position = s.row % max 1 c.length then 1 else 0)
    match s.role, c.variant % 2 with
    | .left, 0 => one
    | .right, 1 => one
    | _, _ => number (drawInteger r 0 c.budget)

/-- A negative zero before other terms, in either factor. -/
def negativeZeros : Family where
  name := "negative-zeros"
  description := "A negative zero at the start or in the middle of a row of small integers, in either factor."
  catches := ["a negative zero taken for the end of a row, or for a number below zero"]
  floatsOnly := true
  classes := []
  forEachSum := [(.nonSquare, 4)]
  suits sum := sum.axis.isSome && sum.hasFactors
  fill c s :=
    let place := if s.row % 2 = 0 then 0 else c.length / 2
    let chosen := match s.role with
      | .left => c.variant % 2 = 0
      | .right => c.variant % 2 = 1
      | _ => false
    if chosen && s.position = place then .negZero else number (drawInteger (c.streamAt s) 0 (min 2 (c.budget / 2)))

/-- A factor that is a single zero, against infinities, nan and numbers. -/
def singleZero : Family where
  name := "single-zero"
  description := "One factor is a single zero; the other has an infinity, a nan and a number."
  catches := ["a product by a single zero left out, so that zero times infinity or nan is zero"]
  floatsOnly := true
  classes := []
  forEachSum := [(.single, 4)]
  suits := (·.hasFactors)
  fill c s :=
    let zero := if c.variant % 4 < 2 then number 0 else .negZero
    let special : Ext := match (s.row + s.position) % 3 with
      | 0 => .inf (c.variant % 4 = 1)
      | 1 => .nan
      | _ => number 3
    match s.role, c.variant % 2 with
    | .left, 0 => zero
    | .right, 1 => zero
    | .left, _ => special
    | .right, _ => special
    | _, _ => number (drawInteger (c.streamAt s) 0 2)

/-- The least and greatest numbers of eight bits. -/
def extremeBytes : Family where
  name := "extreme-bytes"
  description := "Factors of -128 and 127, so that two products add up to 32,768, one past the largest of sixteen bits."
  catches := ["two products added up in sixteen bits, saturating or wrapping around"]
  integersOnly := true
  classes := []
  forEachSum := [(.tail, 2)]
  suits sum := sum.axis.isSome && sum.hasFactors
  fill c s :=
    let first := s.position < 2 && s.row = 0 && (s.role = .left || s.role = .right)
    number (if first || (c.streamAt s).coin 0 then -128 else 127)

end Conform.Families

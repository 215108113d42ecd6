import Conform.Family

/-!
# A single term of a long sum

A kernel for long sums may be another one than that for short sums. It gets full significands here, which only show
where all other terms are zero, and halves of a sum that need more bits than the sum.
-/

namespace Conform.Families

/-- The term that is not zero, by row: the last, and one beside the middle. -/
def farPlace (row length : Nat) : Nat := if row % 2 = 0 then length - 1 else length / 2 + 1

/-- One term of 4098 has a full significand; the others are zero. -/
def farTerm : Family where
  name := "far-term"
  description := "Sums of 4098 terms of which one is not zero, and of full significand, in either factor."
  catches :=
    ["inputs rounded to a narrower format in long sums alone", "wrong past 4097 terms", "the last term dropped"]
  compact := true
  classes := []
  forEachSum := [(.far, 2)]
  suits sum := sum.axis.isSome
  fill c s :=
    let r := c.streamAt s
    -- An integer that is read in one sum is a term of the others, which must stay in range.
    let bits := if c.format.isInteger && c.manySums then c.budget else c.format.precision
    -- In one row past the range of float16, if the format goes beyond it.
    let scale : Int := if s.position = farPlace 1 c.length && c.format.maxExponent > 15 then 20 else 0
    let full := number (drawFull r 0 bits) (if c.format.isInteger then 0 else scale - (bits - 1 : Nat))
    let hot := s.position = farPlace s.row c.length
    let anyHot := s.position = farPlace 0 c.length || s.position = farPlace 1 c.length
    match s.role, c.variant % 2 with
    | .right, 0 => number 1
    | .right, _ => if anyHot then full else number 0
    | .left, 1 => number (if hot then 1 else 0)
    | .addend, _ => if c.addsOnly && hot then full else number 0
    | .unused, _ => number 1
    | _, _ => if hot then full else number 0

/-- The precision that a half of a sum needs to have one bit too few, with that of the narrower formats below it. -/
def halfPrecision (f : Format) : Nat :=
  if f.precision > 53 then 53 else if f.precision > 24 then 24 else 11

/-- A big number and one in the first half of a sum, and the opposite of the big number in the second. -/
def halves : Family where
  name := "halves"
  description := "Sums of 514 terms whose first half is 2^P + 1 and whose second half is -2^P."
  catches := ["halves of a long sum joined in a narrower format", "the second half lost"]
  compact := true
  classes := []
  forEachSum := [(.halves, 1)]
  suits sum := sum.axis.isSome
  fill c s :=
    let sign := signed (s.row % 2 = 1) 1
    match s.role with
    | .right | .unused => number 1
    | .addend =>
      if !c.addsOnly then number 0
      else term c sign s.position
    | .left => term c sign s.position
where
  /-- The left factor, or the element, in a position of the sum. -/
  term (c : FamilyContext) (sign : Int) (position : Nat) : Ext :=
    if position = 0 then number sign (halfPrecision c.format)
    else if position = 1 then number sign
    else if position + 1 = c.length then number (-sign) (halfPrecision c.format)
    else number 0

end Conform.Families

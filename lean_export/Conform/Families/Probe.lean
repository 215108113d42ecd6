import Conform.Family

/-!
# Probes of the arithmetic

Sums whose floating-point value tells how they were computed: the format they are kept in, the order, whether a
multiplication and an addition were fused.
-/

namespace Conform.Families

/-- The precisions that a sum could be kept in: bfloat16, float16, float32, float64. -/
def probedPrecisions : List Nat := [8, 11, 24, 53]

/-- Where the big number, its opposite and the small one stand, by order. -/
def probeOrder (order terms : Nat) : Nat × Nat × Nat :=
  let middle := terms / 2
  let last := terms - 1
  match order % 6 with
  | 0 => (0, last, middle)
  | 1 => (0, middle, last)
  | 2 => (middle, last, 0)
  | 3 => (last, 0, middle)
  | 4 => (middle, 0, last)
  | _ => (last, middle, 0)

/-- `2 ^ P + 1 - 2 ^ P` in every order, ones between two big numbers, and a square whose rounding error remains. -/
def probe : Family where
  name := "probe"
  description := "Sums such as 2^P + 1 - 2^P in several orders, and a square whose rounding error is all that remains."
  catches :=
    ["sums kept in a narrower format than declared", "inputs rounded to a narrower format",
      "split sums joined in a narrower format", "declarations that do not match what is observed"]
  floatsOnly := true
  classes := [(.probe, 5)]
  scenarios := 5
  suits sum := sum.axis.isSome
  fill c s :=
    let f := c.format
    -- After one scenario for each precision comes that of the square.
    let scenario := c.variant % 5
    -- Where the exponent range is shorter than the precision, all of it is used.
    let P : Int := min (probedPrecisions.getD scenario 8) (f.maxExponent - 2 - f.minExponent)
    -- Where twice the big number would overflow, everything moves down.
    let shift : Int := min 0 (f.maxExponent - 2 - P)
    let (bigAt, oppositeAt, smallAt) := probeOrder s.row c.terms
    let threeTerms : Ext :=
      if s.position = bigAt then number 1 (P + shift)
      else if s.position = oppositeAt then number (-1) (P + shift)
      else if s.position = smallAt then number 1 shift
      else number 0
    let manyOnes : Ext :=
      let end₁ := if s.row % 2 = 0 then 0 else c.terms - 1
      let end₂ := if s.row % 2 = 1 then 0 else if s.row % 4 = 0 then c.terms - 1 else 1
      if s.position = end₁ then number 1 (P + shift)
      else if s.position = end₂ then number (-1) (P + shift)
      else number 1 shift
    -- `(1 + 2 ^ -h) ^ 2 = 1 + 2 ^ (1 - h) + 2 ^ (-2 h)`, whose last term is rounded off.
    let h : Int := (f.precision + 2) / 2
    let nearOne : Ext := .finite (.twoPow 0 + .twoPow (-h))
    let square : Ext :=
      if s.position = 0 then nearOne
      else if s.position + 1 = c.terms then -(.finite (.twoPow 0 + .twoPow (1 - h)))
      else number 0
    match s.role with
    | .unused => drawUnit (c.streamAt s)
    | .right => if scenario = 4 && s.position = 0 then nearOne else number 1
    | _ =>
      if scenario = 4 && !c.addsOnly then square
      else if s.row % 8 < 6 then threeTerms
      else manyOnes

end Conform.Families

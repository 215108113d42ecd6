import Conform.Family

/-!
# Rounding errors that add up

Every operation discards almost one unit in the last place if it rounds toward zero, and next to nothing if it
rounds to nearest.
-/

namespace Conform.Families

/-- A first product just below a representable number, then terms just below one unit in its last place. -/
def rounding : Family where
  name := "rounding"
  description := "Few terms, each just below a multiple of the last place of the sum, which is just above a power of two."
  catches := ["rounding toward zero", "rounding up or down", "results truncated to a narrower format", "one ulp off"]
  floatsOnly := true
  classes := [(.few, 4)]
  scenarios := 4
  fill c s :=
    let r := c.streamAt s
    let p := c.format.precision
    let ulp : Int := 1 - p
    let negative := s.row % 2 = 1
    if c.variant % 4 = 3 then
      -- Random significands just above a power of two.
      let near := number (signed (r.coin 0) (2 ^ (p - 1) + r.below 1 (2 ^ (p - 3)))) ulp
      if s.role = .unused then drawUnit r else near
    else
      -- With `a b` just below `2 ^ (p - 1)`, `(1 + a ulp) (1 + b ulp)` is just below a multiple of the ulp.
      let k := (p - 1) / 2 + c.variant % 2
      let a := 2 ^ k - 1
      let b := 2 ^ (p - 1 - k)
      let signOf (m : Nat) : Int := signed negative m
      let tail := number (signOf (2 ^ p - 1)) (ulp - p)
      match s.role with
      | .left => if s.position = 0 then number (signOf (2 ^ (p - 1) + a)) ulp else tail
      | .right => if s.position = 0 then number (2 ^ (p - 1) + b : Nat) ulp else number 1
      | .addend => if s.position = 0 then number (signOf (2 ^ (p - 1) + a)) ulp else tail
      | .unused => drawUnit r

end Conform.Families

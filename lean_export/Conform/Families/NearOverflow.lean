import Conform.Family

/-!
# Near and past overflow

The largest finite numbers, sums that reach them and stay finite, and sums and products past them.
-/

namespace Conform.Families

/-- The number of scenarios of `nearOverflow`. -/
def overflowScenarios : Nat := 8

/-- Sums at the upper end of the format. -/
def nearOverflow : Family where
  name := "near-overflow"
  description := "Numbers at the upper end of the format: sums just short of overflow, past it, and past it and back."
  catches :=
    ["saturation instead of an infinity", "an infinity where the sum is finite", "the wrong sign of an infinity",
      "a format with a narrower exponent range on the way", "products computed past the range"]
  floatsOnly := true
  classes := [(.nonSquare, 2), (.square, 2), (.prime, 1), (.few, 2), (.tail, 1)]
  suits := suitsProducts
  scenarios := overflowScenarios
  fill c s :=
    let r := c.streamAt s
    let f := c.format
    let top := f.maxExponent
    let negative := s.row % 2 = 1
    let sign : Int := signed negative 1
    let largest : Ext := if negative then .finite (-f.largest) else .finite f.largest
    let first := s.position = 0
    let last := s.position + 1 = c.terms
    let isLeft := s.role = .left || (c.addsOnly && s.role = .addend)
    let one := if s.role = .right then number 1 else number 0
    if s.role = .unused then drawUnit r
    else match c.variant % overflowScenarios with
    -- The largest number alone.
    | 0 =>
      let hot := s.position = (s.row + c.variant) % max 1 c.length
      if isLeft then (if c.addsOnly && !hot then number 0 else largest)
      else if s.role = .right && hot then number 1
      else number 0
    -- Terms of one sign that add up to less than the largest number.
    | 1 => if s.role = .right then number 1 else number sign (top - ceilLog2 c.terms)
    -- Terms of one sign that add up to twice the largest number; a single product overflows by itself.
    | 2 =>
      if c.terms = 1 && !c.addsOnly then (if s.role = .right then number 2 else largest)
      else if s.role = .right then number 1
      else if first || last then largest
      else number 0
    -- A product that overflows, of factors that do not.
    | 3 =>
      if c.addsOnly then largest
      else if s.role = .right then number 1 (if first then 5 else 0)
      else if first then number sign (top - 2)
      else number (drawInteger r 0 2)
    -- Products that overflow in both directions.
    | 4 =>
      if s.role = .right then number 1 2
      else if first then number sign (top - 1)
      else if last then number (-sign) (top - 1)
      else number (drawInteger r 0 2)
    -- A partial sum past the largest number, and back.
    | 5 =>
      if s.role = .right then number 1
      else if first then number sign top
      else if last then number (-sign) top
      else if s.position = 1 then number sign top
      else number 0
    -- The largest number and a quarter of its last place.
    | 6 =>
      if first then (if isLeft then largest else one)
      else if last then (if s.role = .right then number 1 else number sign (top - f.precision - 1))
      else one
    -- Large times small: the product is one.
    | _ =>
      if c.addsOnly then number sign (top - ceilLog2 c.terms)
      else match s.role with
        | .left => number sign (min top (-f.minNormalExponent))
        | .right => number 1 (-(min top (-f.minNormalExponent)))
        | _ => number (drawInteger r 0 2)

end Conform.Families

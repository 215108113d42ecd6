import Conform.Family

/-!
# Not-a-number and infinities

Finite numbers are small here, so nothing overflows and every result is known: nan, an infinity, or a small integer.
-/

namespace Conform.Families

/-- The number of scenarios of `nanInf`. -/
def nanInfScenarios : Nat := 12

/-- The special value that a scenario puts at a site, if any. In most, the sums of row zero are hit and the others stay
finite; `at₀` and `at₁` are two terms, `s` tells whether the right factor at the first is negative. -/
def specialValue (scenario : Nat) (site : Site) (at₀ at₁ : Nat) (negative₀ negative₁ : Bool) (r : SplitMix64) :
    Option Ext :=
  let first := site.position = at₀
  let top := site.row = 0
  match scenario, site.role with
  | 0, .left => if top && first then some .nan else none
  | 1, .left => if top && first then some (.inf false) else none
  | 2, .left => if top && first then some (.inf true) else none
  -- Zero times infinity.
  | 3, .left => if top && first then some (.inf false) else none
  | 3, .right => if top && first then some (number 0) else none
  -- Infinities of both signs in row zero, of one sign in row one.
  | 4, .left =>
    if first && site.row ≤ 1 then some (.inf negative₀)
    else if site.position = at₁ && site.row ≤ 1 then some (.inf (negative₁ != top))
    else none
  | 4, .addend => if site.position = at₁ && site.row ≤ 1 then some (.inf top) else none
  -- Special values in the addend alone.
  | 5, .addend =>
    match site.row with
    | 0 => some (.inf false)
    | 1 => some .nan
    | 2 => some (.inf true)
    | _ => none
  -- An infinity in the right factor, with a zero before it in one row.
  | 6, .right => if top && first then some (.inf false) else none
  | 6, .left => if top && first then some (number 0) else none
  -- A nan in the right factor, with a zero before it in one row.
  | 7, .right => if top && first then some .nan else none
  | 7, .left => if top && first then some (number 0) else none
  -- Infinity times infinity, of either sign, and times nan.
  | 8, .right => if top && first then some (.inf true) else none
  | 8, .left =>
    if !first then none
    else match site.row with
      | 0 => some (.inf false)
      | 1 => some (.inf true)
      | 2 => some .nan
      | _ => none
  -- Everything at once.
  | 9, .unused => none
  | 9, _ =>
    match r.below 7 20 with
    | 0 => some .nan
    | 1 => some (.inf false)
    | 2 => some (.inf true)
    | 3 => some (number 0)
    | _ => none
  -- An infinite term against an infinite addend in row zero, with it in row one.
  | 10, .left => if first && site.row ≤ 1 then some (.inf negative₀) else none
  | 10, .addend => if site.row ≤ 1 then some (.inf top) else none
  -- Zero times nan.
  | 11, .left => if top && first then some .nan else none
  | 11, .right => if top && first then some (number 0) else none
  | _, _ => none

/-- Small integers with special values in chosen places. -/
def nanInf : Family where
  name := "nan-inf"
  description := "Small integers with nan and infinities in chosen places: alone, in a bias, against each other and zeros."
  catches :=
    ["nan or infinity swallowed", "zero times infinity or nan taken as zero", "infinities that do not cancel to nan",
      "fast-math reassociation", "zero terms skipped", "special values spread to results that do not read them",
      "special values in the bias ignored"]
  floatsOnly := true
  classes := [(.nonSquare, 4), (.square, 3), (.prime, 2), (.few, 2), (.tail, 1)]
  suits := suitsProducts
  scenarios := nanInfScenarios
  fill c s :=
    let r := c.streamAt s
    let scenario := c.variant % nanInfScenarios
    let last := c.terms - 1
    let at₀ := match (c.variant / nanInfScenarios + c.variant) % 3 with
      | 0 => max 1 c.length - 1
      | 1 => 0
      | _ => c.length / 2
    let at₁ := if at₀ = last then 0 else last
    let rightNegative (position : Nat) : Bool := !c.addsOnly && position < c.length && (c.shared position).coin 0
    -- The addends of a sum without products are hit as left factors are.
    let asLeft := if c.addsOnly && s.role = .addend && scenario != 5 then { s with role := .left } else s
    match specialValue scenario asLeft at₀ at₁ (rightNegative at₀) (rightNegative at₁) r with
    | some x => x
    | none =>
      match s.role with
      | .right => number (signed (rightNegative s.position) (1 + r.below 1 3))
      | _ => number (drawInteger r 0 2)

end Conform.Families

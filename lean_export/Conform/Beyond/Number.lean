import Conform.Beyond.Errors
import Conform.Beyond.Value

/-!
# Numbers beyond the ring, their sums and products

Main definitions: `Conform.Beyond`, `Conform.Beyond.interval`, `Conform.Beyond.add`, `Conform.Beyond.mul`.
-/

namespace Conform

/-- A number beyond the ring; `errors` has an entry for every model of the setting. -/
structure Beyond (s : Setting) where
  value : ExtBall
  magnitude : Dyadic
  errors : List Errors
  constant : Bool := false
  deriving DecidableEq, Repr, Inhabited

namespace Beyond

variable {s : Setting}

/-- Nothing is known of the number. -/
def unknown : Beyond s := { value := .ofExt 0, magnitude := 0, errors := s.models.map fun _ => .unknown }

/-- An input. -/
def ofExt (x : Ext) : Beyond s :=
  { value := .ofExt x, magnitude := x.finitePart.abs
    errors := s.models.map fun _ => { nonneg := !x.isBelowZero, nonpos := !x.isAboveZero } }

/-- A constant; a format that does not have it rounds it once. -/
def ofBall (value : ExtBall) : Beyond s :=
  { value, magnitude := value.size.roundUp workingBits, constant := true
    errors := s.models.map fun model =>
      { terms := if value.isExact && model.format.represents value.toExt then 0 else 1
        nonneg := !value.toExt.isBelowZero, nonpos := !value.toExt.isAboveZero } }

/-- A natural number. -/
def ofNat (n : Nat) : Beyond s := ofBall (.ofExt (.finite (.ofInt n)))

/-- The number is nan, however it is computed. -/
def isNan (x : Beyond s) (e : Errors) : Bool := x.value = .nan && e.inherited != .inf false

/-- Where a computed number lies; none where it may be nan, or nothing is known. -/
def interval (model : Model) (x : Beyond s) (e : Errors) : Option Interval :=
  match e.error model x.magnitude x.value.rad with
  | none => none
  | some d =>
    let mid := x.value.mid
    -- Neither positive nor negative terms, as they are computed, come to more than this. Of finite terms beside an
    -- infinite one only the magnitude is known.
    let positive := if x.value.isBall then (x.magnitude + x.value.rad + mid).half + d else x.magnitude + d
    let negative := if x.value.isBall then (x.magnitude + x.value.rad - mid).half + d else x.magnitude + d
    let plus := !x.constant && (e.plus || !e.nonpos && !(positive ≤ model.format.largest))
    let minus := !x.constant && (e.minus || !e.nonneg && !(negative ≤ model.format.largest))
    match x.value with
    | .nan => none
    | .inf s => if (if s then plus else minus) then none else some ⟨.inf s, .inf s⟩
    | .past i => if (if i.lower.isNegative then plus else minus) then none else some i
    | _ =>
      if plus && minus then none
      else
        let lower := if e.nonneg then (mid - d).max 0 else mid - d
        let upper := if e.nonpos then -(-mid - d).max 0 else mid + d
        some ⟨if minus then .inf true else .finite lower, if plus then .inf false else .finite upper⟩

/-- The greatest magnitude of any partial sum, as it is computed; an input was not computed. -/
def peak (model : Model) (x : Beyond s) (e : Errors) : Ext :=
  if e.plus || e.minus then .inf false
  else if e.depth = 0 && e.inherited == .finite 0 then 0
  else match e.error model x.magnitude x.value.rad with
    | some d => .finite (x.magnitude + d)
    | none => .inf false

/-- The sum, traced. -/
protected def add (x y : Beyond s) : Beyond s :=
  match x.value.add y.value with
  | none => unknown
  | some value =>
    { value, magnitude := (x.magnitude + y.magnitude).roundUp workingBits, constant := x.constant && y.constant
      errors := List.zipWith (fun model (a, b) =>
        if x.isNan a || y.isNan b then {}
        -- Infinities of both signs, if that is what they are however they are computed.
        else if value = .nan && !((x.interval model a).isSome && (y.interval model b).isSome) then .unknown
        else a.add b) s.models (x.errors.zip y.errors) }

/-- The number of opposite sign, traced. -/
protected def neg (x : Beyond s) : Beyond s := { x with value := -x.value, errors := x.errors.map Errors.neg }

/-- To which infinities the product of two computed numbers may overflow because a factor did; none where it may be nan:
an infinity times a number that may be zero. -/
def overflowOfProduct (i j : Interval) : Option (Bool × Bool) :=
  if !i.isInfinite && !j.isInfinite then some (false, false)
  else if i.hasZero || j.hasZero then none
  else if i.lower.isNegative = j.lower.isNegative then some (true, false)
  else some (false, true)

/-- Both numbers are what they are, however they are computed. -/
def isKnown (x y : Beyond s) (model : Model) (a b : Errors) : Bool :=
  match x.interval model a, y.interval model b with
  | some i, some j => i.lower == i.upper && j.lower == j.upper
  | _, _ => false

/-- The errors of a product that is not nan. -/
def mulErrors (x y : Beyond s) (model : Model) (a b : Errors) : Errors :=
  match a.inherited, b.inherited, x.interval model a, y.interval model b with
  | .finite e, .finite f, some i, some j =>
    match overflowOfProduct i j with
    | none => .unknown
    | some (plus, minus) =>
      let (m, n) := (x.magnitude, y.magnitude)
      Errors.signs a b
       { terms := a.depth + b.depth + 1
         underflow := (a.underflow * (n + f) + b.underflow * (m + e) + a.underflow * b.underflow + .twoPow 0).roundUp
           workingBits
         inherited := .finite ((m * f + e * n + e * f).roundUp workingBits)
         plus
         minus }
  | _, _, _, _ => .unknown

/-- The product, traced. -/
protected def mul (x y : Beyond s) : Beyond s :=
  match x.value.mul y.value with
  | none => unknown
  | some value =>
    { value, magnitude := (x.magnitude * y.magnitude).roundUp workingBits, constant := x.constant && y.constant
      errors := List.zipWith (fun model (a, b) =>
        if x.isNan a || y.isNan b then {}
        else if value = .nan then if isKnown x y model a b then {} else .unknown
        else mulErrors x y model a b) s.models (x.errors.zip y.errors) }

end Beyond

end Conform

import Conform.Beyond.Function
import NN.Spec.Core.Context

/-!
# The order beyond the ring, and the scalar of the spec

Main definitions: `Conform.Beyond.gt`, `Conform.Beyond.select`, `Context (Beyond s)`.
-/

namespace Conform

namespace Beyond

variable {s : Setting}

/-- The absolute value, traced: it does not round, and is 1-Lipschitz. -/
def abs (x : Beyond s) : Beyond s :=
  { x with
    value := match x.value with
      | .finite b => .finite (if b.mid.isNegative then -b else b)
      | .past i => .past i.abs
      | v => .ofExt v.toExt.abs
    errors := x.errors.map fun e =>
      { e with nonneg := true, nonpos := e.nonneg && e.nonpos, plus := e.plus || e.minus, minus := false } }

/-- The sides are known exactly, or their computed numbers cannot meet. -/
def isDecided (x y : Beyond s) : Bool :=
  let exact (z : Beyond s) : Bool := z.value.isExact && z.errors.all (·.isExact)
  (exact x && exact y) || (s.models.zip (x.errors.zip y.errors)).all fun (model, a, b) =>
    match x.interval model a, y.interval model b with
    | some i, some j => !(i.lower.ble j.upper) || !(j.lower.ble i.upper)
    | _, _ => false

/-- `x > y`, as the values decide it. -/
def valueGt (x y : Beyond s) : Bool :=
  match x.value, y.value with
  | .nan, _ => false
  | _, .nan => false
  | .inf negative, v => !negative && v != .inf false
  | _, .inf negative => negative
  | .past i, v => !i.lower.isNegative && !v.isPast
  | _, .past i => i.lower.isNegative
  | v, w => !(v.mid.ble w.mid)

/-- One of both numbers is nan, however it is computed. -/
def hasNan (x y : Beyond s) : Bool :=
  let isNan (z : Beyond s) : Bool := z.value = .nan && z.errors.all z.isNan
  isNan x || isNan y

/-- `x > y`: by the values, or by the setting where these do not decide it. -/
def gt (x y : Beyond s) : Bool := if hasNan x y then false else if isDecided x y then valueGt x y else s.tie

/-- The greatest of each component of two numbers in a model. What has overflowed in one of them is lost in the
greatest magnitude and value, and kept as such. -/
def bothErrors (x y : Beyond s) (model : Model) (a b : Errors) : Errors :=
  match x.interval model a, y.interval model b with
  | some i, some j =>
    let (lower, upper) := (i.lower.min j.lower, i.upper.max j.upper)
    { a.max b with plus := upper == .inf false, minus := lower == .inf true }
  | _, _ => .unknown

/-- The one of two numbers that the order prefers, traced. Any nan is passed on. -/
def select (takeFirst : Bool) (x y : Beyond s) : Beyond s :=
  let chosen := if takeFirst then x else y
  if hasNan x x then x
  else if hasNan y y then y
  else if isDecided x y then chosen
  else
    { value := match x.value, y.value with
        | .finite a, .finite b =>
          if a.isExact && b.isExact then chosen.value
          else if takeFirst then .finite (Ball.round ⟨a.mid, a.rad + b.rad⟩) else .finite (Ball.round ⟨b.mid, a.rad + b.rad⟩)
        | _, _ => chosen.value
      magnitude := max x.magnitude y.magnitude
      constant := x.constant && y.constant
      errors := List.zipWith (fun model (a, b) => bothErrors x y model a b) s.models (x.errors.zip y.errors) }

/-- A zero of negative sign is the lesser of two zeros (IEEE 754-2019, §9.6). -/
def prefersFirst (x y : Beyond s) : Bool := valueGt x y || (!valueGt y x && y.value = .negZero)

protected def max (x y : Beyond s) : Beyond s := select (prefersFirst x y) x y
protected def min (x y : Beyond s) : Beyond s := select (prefersFirst y x) x y

/-- A power by `e ^ (y log x)`, of positive `x`; nothing is known of others. -/
def pow (x y : Beyond s) : Beyond s :=
  let l := apply log x
  let p := apply exp (y.mul l)
  if valueGt x (ofNat 0) then
    { p with errors := List.zipWith (fun _ (e : Errors) =>
      startErrors (s := s) "pow" ⟨.finite 0, .inf false⟩ e.inherited) s.models p.errors }
  else unknown

/-- A quotient of natural numbers. -/
def ratio (n d : Nat) : Beyond s := (ofNat n).div (ofNat d)

instance : MathFunctions (Beyond s) where
  exp := apply exp
  tanh := apply tanh
  cosh := apply cosh
  sqrt := apply sqrt
  abs := abs
  log := apply log
  pi := ofBall Enclosure.pi
  cos := apply cos
  sin := apply sin
  sinh := apply sinh

instance : Context (Beyond s) where
  toMathFunctions := inferInstance
  default := unknown
  neg_point_five := (ratio 1 2).neg
  neg_one := (ofNat 1).neg
  pointone := ratio 1 10
  pointfive := ratio 1 2
  one := ofNat 1
  zero := ofNat 0
  two := ofNat 2
  three := ofNat 3
  four := ofNat 4
  five := ofNat 5
  ten := ofNat 10
  log10 := apply log (ofNat 10)
  log10000 := apply log (ofNat 10000)
  epsilon := ratio 1 1000000
  add := Beyond.add
  sub x y := x.add y.neg
  mul := Beyond.mul
  div := Beyond.div
  neg := Beyond.neg
  pow := pow
  max := Beyond.max
  min := Beyond.min
  beq x y := !hasNan x y && !gt x y && !gt y x
  lt x y := gt y x = true
  le x y := gt x y = false
  coe := ofNat
  decidable_gt x y := inferInstanceAs (Decidable (gt x y = true))

end Beyond

end Conform

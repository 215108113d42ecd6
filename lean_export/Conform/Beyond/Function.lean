import Conform.Beyond.Number
import Conform.Enclosure.Image

/-!
# Quotients and functions beyond the ring

Main definitions: `Conform.Beyond.Function`, `Conform.Beyond.apply`, `Conform.Beyond.div`.
-/

namespace Conform

namespace Beyond

variable {s : Setting}

/-- Numbers of this leading exponent or a greater one are infinite in every format. -/
def pastExponent : Int := 1101

/-- What a function of the table starts with, of values in the image; nothing is known of one that the table lacks. -/
def startErrors (function : String) (image : Interval) (inherited : Endpoint) : Errors :=
  match inherited, s.table.find? function with
  | .finite e, some accuracy =>
    { terms := accuracy.roundings, underflow := .ofInt accuracy.underflows
      inherited := .finite (e.roundUp workingBits)
      nonneg := !image.lower.isNegative, nonpos := !image.upper.isPositive }
  | _, _ => .unknown

/-- The interval is that of one number. -/
def isPoint (i : Interval) : Bool := i.lower == i.upper

/-- All numbers of the interval are infinite in every format, with one sign. -/
def isPast (i : Interval) : Bool :=
  let beyond (e : Endpoint) : Bool := match e with
    | .inf negative => !negative
    | .finite x => !x.isNegative && !x.isZero && pastExponent ≤ x.leadingExponent
  beyond i.lower || beyond (-i.upper)

/-- What a function starts with: `value` is the one of exact arguments, `image` holds those of computed ones. -/
def startImage (function : String) (value : ExtBall) (image : Interval) : Errors :=
  if value.isBall then
    -- The distance from the true value is meant, which is within the radius of the midpoint.
    startErrors (s := s) function image (Interval.addEnds (image.distance value.mid) (.finite value.rad))
  else if value.isPast && isPast image then startErrors (s := s) function image (.finite 0)
  else .unknown

/-- A function that the reading has, on values, on intervals, and where it has a value. -/
structure Function where
  name : String
  /-- Of exact numbers and special values. -/
  value : Ext → ExtBall
  image : Interval → Interval
  /-- Every number of the interval, as far as it is a number, has a value. -/
  defined : Interval → Bool := fun _ => true
  /-- No number of the interval has a value. -/
  undefined : Interval → Bool := fun _ => false
  /-- By the distance of arguments and the size of a value, how much values differ at most, and an interval of their sign,
  where that is known without the values themselves. -/
  spread : Dyadic → Dyadic → Option (Interval × Dyadic) := fun _ _ => none

/-- The value of a function of a value; none where nothing is known of it. -/
def Function.at (f : Function) (x : ExtBall) : Option ExtBall :=
  match x with
  | .finite b =>
    if b.isExact then some (f.value (.finite b.mid)).settle
    else if f.defined b.interval then some (.ofRange (f.image b.interval))
    else if f.undefined b.interval then some .nan
    else none
  | .past i => if f.defined i then some (.ofRange (f.image i)) else none
  | x => some (f.value x.toExt).settle

/-- The result of a function, traced: a new term, with what it inherits. -/
def apply (f : Function) (x : Beyond s) : Beyond s :=
  match f.at x.value with
  | none => unknown
  | some value =>
    let size := value.size.roundUp workingBits
    { value, magnitude := size, constant := x.constant
      errors := List.zipWith (fun model e =>
        if x.isNan e then {}
        else match x.interval model e with
        | none => .unknown
        | some i =>
          if isPoint i then startErrors (s := s) f.name (value.interval.getD .all) (.finite 0)
          else if value = .nan then if f.undefined i then {} else .unknown
          else if !f.defined i then .unknown
          else
            let near := match i.lower, i.upper, e.error model x.magnitude x.value.rad with
              | .finite _, .finite _, some d => if value.isBall then f.spread d size else none
              | _, _, _ => none
            match near with
            | some (image, d) => startErrors (s := s) f.name image (.finite d)
            | none => startImage (s := s) f.name value (f.image i)) s.models x.errors }

/-- The value of a quotient; none where nothing is known of it. -/
def divValue (x y : ExtBall) : Option ExtBall :=
  match x, y with
  | .finite a, .finite b =>
    if a.isExact && (a.mid.isZero || b.isExact) || b.isExact && b.mid.isZero then
      some (Enclosure.div x.toExt y.toExt).settle
    else if b.interval.hasZero then none
    else some (.ofRange (a.interval.div b.interval))
  | x, y =>
    if !y.isExact && (y.interval.getD .all).hasZero then none
    else if !x.isPast && !y.isPast || x.isExact && !x.isBall || y.isExact && !y.isBall then
      some (Enclosure.div (ExtBall.mul.finiteSign x) (ExtBall.mul.finiteSign y)).settle
    else match x.interval, y.interval with
      | some i, some j =>
        if j.hasZero || i.isInfinite && j.isInfinite then none
        else if x.isExact && x.mid.isZero then some (.zeroOf (x.toExt.isNegative != j.lower.isNegative))
        else some (.ofRange (i.div j))
      | _, _ => some .nan

/-- The quotient, traced. -/
protected def div (x y : Beyond s) : Beyond s :=
  match divValue x.value y.value with
  | none => unknown
  | some value =>
    { value, magnitude := value.size.roundUp workingBits, constant := x.constant && y.constant
      errors := List.zipWith (fun model (a, b) =>
        if x.isNan a || y.isNan b then {}
        else match x.interval model a, y.interval model b with
        | some i, some j =>
          if isPoint i && isPoint j then startErrors (s := s) "div" (value.interval.getD .all) (.finite 0)
          else if i.isInfinite && j.isInfinite || j.hasZero then .unknown
          -- An infinity over a number that is none.
          else if isPoint i && !x.value.isBall && !x.value.isPast then
            startErrors (s := s) "div" (value.interval.getD .all) (.finite 0)
          else startImage (s := s) "div" value (i.div j)
        | _, _ => .unknown) s.models (x.errors.zip y.errors) }

/-- `e ^ d - 1 ≤ d / (1 - d) ≤ d + 2 d²` for `0 ≤ d ≤ 1/2`, since `1 - d ≤ e ^ -d`. -/
def expSpread (d size : Dyadic) : Option (Interval × Dyadic) :=
  if d.ble (.twoPow (-1)) then some (⟨.finite 0, .inf false⟩, size * (d + d * d + d * d)) else none

def exp : Function :=
  { name := "exp", value := Enclosure.exp, image := Interval.exp, spread := expSpread }

def log : Function :=
  { name := "log", value := Enclosure.log, image := Interval.log, defined := fun i => !i.lower.isNegative
    undefined := fun i => i.upper.isNegative }

def sqrt : Function :=
  { name := "sqrt", value := Enclosure.sqrt, image := Interval.sqrt, defined := fun i => !i.lower.isNegative
    undefined := fun i => i.upper.isNegative }

def tanh : Function :=
  { name := "tanh", value := Enclosure.tanh, image := Interval.tanh }

def sinh : Function :=
  { name := "sinh", value := Enclosure.sinh, image := Interval.sinh }

def cosh : Function :=
  { name := "cosh", value := Enclosure.cosh, image := Interval.cosh }

def sin : Function :=
  { name := "sin", value := Enclosure.sin, image := Interval.sin, defined := fun i => !i.isInfinite }

def cos : Function :=
  { name := "cos", value := Enclosure.cos, image := Interval.cos, defined := fun i => !i.isInfinite }

end Beyond

end Conform

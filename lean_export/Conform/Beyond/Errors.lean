import Conform.Enclosure.Interval
import Conform.Model

/-!
# What the error of a computed number is made of

Main definitions: `Conform.Errors`, `Conform.Errors.error`.
-/

namespace Conform

/-- What the error of a computed number is made of, in one model. -/
structure Errors where
  /-- The greatest depth of a term. -/
  terms : Nat := 0
  additions : Nat := 0
  underflow : Dyadic := 0
  /-- How far off a term is because arguments of functions were; infinite where nothing is known. -/
  inherited : Endpoint := .finite 0
  /-- No term is negative, as it is computed. -/
  nonneg : Bool := false
  /-- No term is positive, as it is computed. -/
  nonpos : Bool := false
  /-- A term may have overflowed to `+∞`. -/
  plus : Bool := false
  /-- A term may have overflowed to `-∞`. -/
  minus : Bool := false
  deriving DecidableEq, Repr, Inhabited

namespace Errors

/-- Nothing is known of the number. -/
def unknown : Errors := { inherited := .inf false }

/-- The number of roundings on the longest path. -/
def depth (e : Errors) : Nat := e.terms + e.additions

/-- Nothing was computed, and nothing inherited. -/
def isExact (e : Errors) : Bool := e.depth = 0 && e.underflow.isZero && e.inherited == .finite 0

/-- How far a computed number can be from the midpoint of a value of this magnitude and radius; none where nothing is
known. -/
def error (model : Model) (magnitude radius : Dyadic) (e : Errors) : Option Dyadic :=
  match e.inherited with
  | .inf _ => none
  | .finite inherited =>
    let g := growth model.format.precision e.depth
    let more := inherited + e.underflow * model.underflowUnit
    some ((g * magnitude + more + g * more + radius).roundUp workingBits)

/-- The errors of a sum. -/
protected def add (a b : Errors) : Errors :=
  match a.inherited, b.inherited with
  | .finite x, .finite y =>
    { terms := max a.terms b.terms
      additions := a.additions + b.additions + 1
      underflow := (a.underflow + b.underflow + .twoPow 0).roundUp workingBits
      inherited := .finite ((x + y).roundUp workingBits)
      nonneg := a.nonneg && b.nonneg
      nonpos := a.nonpos && b.nonpos
      plus := a.plus || b.plus
      minus := a.minus || b.minus }
  | _, _ => unknown

/-- The errors of the number of opposite sign. -/
protected def neg (a : Errors) : Errors :=
  { a with nonneg := a.nonpos, nonpos := a.nonneg, plus := a.minus, minus := a.plus }

/-- The signs of a product of terms. -/
def signs (a b : Errors) (e : Errors) : Errors :=
  { e with
    nonneg := (a.nonneg && b.nonneg) || (a.nonpos && b.nonpos)
    nonpos := (a.nonneg && b.nonpos) || (a.nonpos && b.nonneg) }

/-- The greatest of each component. -/
protected def max (a b : Errors) : Errors :=
  match a.inherited, b.inherited with
  | .finite x, .finite y =>
    { terms := max a.terms b.terms
      additions := max a.additions b.additions
      underflow := max a.underflow b.underflow
      inherited := .finite (max x y)
      nonneg := a.nonneg && b.nonneg
      nonpos := a.nonpos && b.nonpos
      plus := a.plus || b.plus
      minus := a.minus || b.minus }
  | _, _ => unknown

end Errors

end Conform

import Conform.Enclosure.Rounding

/-!
# Intervals with dyadic or infinite ends

Main definitions: `Conform.Endpoint`, `Conform.Interval`, `Conform.Interval.round`, `Conform.Interval.hull`.
-/

namespace Conform

/-- An end of an interval: a dyadic number, or an infinity. -/
inductive Endpoint where
  | finite (x : Dyadic)
  | inf (negative : Bool)
  deriving DecidableEq, Repr, Inhabited

namespace Endpoint

/-- The end of the interval with all signs changed. -/
protected def neg : Endpoint → Endpoint
  | finite x => finite (-x)
  | inf negative => inf (!negative)

instance : Neg Endpoint := ⟨Endpoint.neg⟩

/-- Comparison; each infinity equals itself. -/
protected def ble : Endpoint → Endpoint → Bool
  | finite x, finite y => x.ble y
  | inf negative, finite _ => negative
  | finite _, inf negative => !negative
  | inf s, inf t => s || !t

/-- The lesser of two ends. -/
protected def min (a b : Endpoint) : Endpoint := if a.ble b then a else b

/-- The greater of two ends. -/
protected def max (a b : Endpoint) : Endpoint := if a.ble b then b else a

/-- Strictly negative. -/
def isNegative : Endpoint → Bool
  | finite x => x.isNegative
  | inf negative => negative

/-- Strictly positive. -/
def isPositive (a : Endpoint) : Bool := (-a).isNegative

/-- Apply a function to a finite end. -/
def map (f : Dyadic → Dyadic) : Endpoint → Endpoint
  | finite x => finite (f x)
  | inf negative => inf negative

end Endpoint

/-- The numbers from `lower` to `upper`. -/
structure Interval where
  lower : Endpoint
  upper : Endpoint
  deriving DecidableEq, Repr, Inhabited

namespace Interval

/-- The interval of one number. -/
def point (x : Dyadic) : Interval := ⟨.finite x, .finite x⟩

/-- All numbers. -/
def all : Interval := ⟨.inf true, .inf false⟩

/-- The numbers of opposite sign. -/
protected def neg (i : Interval) : Interval := ⟨-i.upper, -i.lower⟩

instance : Neg Interval := ⟨Interval.neg⟩

/-- Outward to `bits` bits. -/
def round (bits : Nat) (i : Interval) : Interval :=
  ⟨i.lower.map (·.roundDown bits), i.upper.map (·.roundUp bits)⟩

/-- The least interval that holds both. -/
def hull (i j : Interval) : Interval := ⟨i.lower.min j.lower, i.upper.max j.upper⟩

/-- Zero lies in the interval. -/
def hasZero (i : Interval) : Bool := !i.lower.isPositive && !i.upper.isNegative

/-- The greatest distance of a number of the interval from `x`. -/
def distance (i : Interval) (x : Dyadic) : Endpoint :=
  (i.upper.map (· - x)).max (-i.lower.map (· - x))

end Interval

end Conform

import Conform.Dyadic

/-!
# Extended dyadic numbers

The exact dyadic numbers with the special values of IEEE 754: infinities, nan, and a negative zero. Which special
value a sum takes does not depend on its order: any nan, zero times infinity, or infinities of both signs among
the terms give nan; else an infinity wins. The sign of a zero is the one of IEEE 754 (2019, §6.3) in the order
of the operations, under rounding to nearest, and is the only thing here that depends on that order.

Main definitions: `Conform.Ext`, `Conform.Ext.add`, `Conform.Ext.mul`.
-/

namespace Conform

/-- An exact number or a special value; the zero among the `finite` ones is the positive zero. -/
inductive Ext where
  | finite (x : Dyadic)
  | negZero
  | inf (negative : Bool)
  | nan
  deriving DecidableEq, Repr, Inhabited

namespace Ext

/-- The positive zero. -/
def zero : Ext := finite 0

/-- The sign bit; nan has none. -/
def isNegative : Ext → Bool
  | finite x => x.isNegative
  | negZero => true
  | inf negative => negative
  | nan => false

/-- Less than zero; neither zero is. -/
def isBelowZero : Ext → Bool
  | finite x => x.isNegative
  | inf negative => negative
  | _ => false

/-- Greater than zero. -/
def isAboveZero : Ext → Bool
  | finite x => !x.isNegative && !x.isZero
  | inf negative => !negative
  | _ => false

/-- The zero with the given sign bit. -/
def zeroOf (negative : Bool) : Ext := if negative then negZero else zero

/-- The sum. A zero sum is negative only if both terms are negative zeros. -/
protected def add : Ext → Ext → Ext
  | finite x, finite y => finite (x + y)
  | nan, _ => nan
  | _, nan => nan
  | inf s, inf t => if s = t then inf s else nan
  | inf s, _ => inf s
  | _, inf t => inf t
  | negZero, y => y
  | x, negZero => x

/-- The product; its sign bit is the exclusive or of the two. -/
protected def mul (a b : Ext) : Ext :=
  match a, b with
  | finite x, finite y =>
    let z := x * y
    if z.isZero then zeroOf (a.isNegative != b.isNegative) else finite z
  | nan, _ => nan
  | _, nan => nan
  | inf s, inf t => inf (s != t)
  | inf s, finite y => if y.isZero then nan else inf (s != y.isNegative)
  | finite x, inf t => if x.isZero then nan else inf (x.isNegative != t)
  | inf _, negZero => nan
  | negZero, inf _ => nan
  | _, _ => zeroOf (a.isNegative != b.isNegative)

/-- The number with the other sign bit. -/
protected def neg : Ext → Ext
  | finite x => if x.isZero then negZero else finite (-x)
  | negZero => zero
  | inf s => inf (!s)
  | nan => nan

/-- The absolute value. -/
def abs : Ext → Ext
  | finite x => finite x.abs
  | negZero => zero
  | inf _ => inf false
  | nan => nan

instance : Add Ext := ⟨Ext.add⟩
instance : Mul Ext := ⟨Ext.mul⟩
instance : Neg Ext := ⟨Ext.neg⟩
instance : Zero Ext := ⟨zero⟩

/-- The number itself, or zero for an infinity or nan. -/
def finitePart : Ext → Dyadic
  | finite x => x
  | _ => 0

/-- Neither an infinity nor nan. -/
def isFinite : Ext → Bool
  | finite _ => true
  | negZero => true
  | _ => false

end Ext

end Conform

/-!
# Exact dyadic numbers

Numbers `mantissa * 2 ^ exponent` of unbounded size, in lowest terms: the mantissa is odd, or the number is
`0 * 2 ^ 0`. Every finite floating-point number is one, and sums and products of them are exact.

Main definitions: `Conform.Dyadic`, `Conform.Dyadic.normalize`, `Conform.Dyadic.add`, `Conform.Dyadic.mul`.
-/

namespace Conform

/-- `mantissa * 2 ^ exponent`. Made by `Dyadic.normalize`, so that equal numbers are equal structures. -/
structure Dyadic where
  mantissa : Int
  exponent : Int
  deriving DecidableEq, Repr, Inhabited

namespace Dyadic

/-- Strip factors of two off `m`, at most `fuel` of them. Most sums that are even at all are so only once or twice. -/
def strip : Nat → Int → Int → Dyadic
  | 0, m, e => ⟨m, e⟩
  | fuel + 1, m, e => if m % 2 = 1 then ⟨m, e⟩ else strip fuel (m / 2) (e + 1)

/-- `m * 2 ^ e` in lowest terms. -/
def normalize (m e : Int) : Dyadic :=
  if m % 2 = 1 then ⟨m, e⟩ else if m = 0 then ⟨0, 0⟩ else strip m.natAbs (m / 2) (e + 1)

/-- An integer. -/
def ofInt (m : Int) : Dyadic := normalize m 0

/-- `2 ^ e`. -/
def twoPow (e : Int) : Dyadic := ⟨1, e⟩

/-- The mantissa that `x` has at an exponent `e` not above its own. -/
def mantissaAt (e : Int) (x : Dyadic) : Int := x.mantissa * ((2 ^ (x.exponent - e).toNat : Nat) : Int)

/-- The exact sum. -/
protected def add (x y : Dyadic) : Dyadic :=
  if x.mantissa = 0 then y
  else if y.mantissa = 0 then x
  else
    let e := min x.exponent y.exponent
    normalize (x.mantissaAt e + y.mantissaAt e) e

/-- The exact product; odd times odd is odd, so there is nothing to strip. -/
protected def mul (x y : Dyadic) : Dyadic :=
  if x.mantissa = 0 || y.mantissa = 0 then ⟨0, 0⟩
  else ⟨x.mantissa * y.mantissa, x.exponent + y.exponent⟩

/-- The number with the other sign. -/
protected def neg (x : Dyadic) : Dyadic := ⟨-x.mantissa, x.exponent⟩

/-- The absolute value. -/
def abs (x : Dyadic) : Dyadic := ⟨x.mantissa.natAbs, x.exponent⟩

instance : Add Dyadic := ⟨Dyadic.add⟩
instance : Mul Dyadic := ⟨Dyadic.mul⟩
instance : Neg Dyadic := ⟨Dyadic.neg⟩
instance : Sub Dyadic := ⟨fun x y => x + -y⟩
instance : Zero Dyadic := ⟨⟨0, 0⟩⟩

/-- `x ≤ y`, decided on the mantissas at the smaller exponent. -/
protected def ble (x y : Dyadic) : Bool :=
  let e := min x.exponent y.exponent
  x.mantissaAt e ≤ y.mantissaAt e

instance : LE Dyadic := ⟨fun x y => x.ble y = true⟩
instance (x y : Dyadic) : Decidable (x ≤ y) := inferInstanceAs (Decidable (x.ble y = true))

/-- Strictly negative. -/
def isNegative (x : Dyadic) : Bool := x.mantissa < 0

/-- Zero. -/
def isZero (x : Dyadic) : Bool := x.mantissa = 0

/-- The larger of two numbers. -/
protected def max (x y : Dyadic) : Dyadic := if x.ble y then y else x

instance : Max Dyadic := ⟨Dyadic.max⟩

/-- The exponent `e` with `2 ^ e ≤ |x| < 2 ^ (e + 1)`, for nonzero `x`. -/
def leadingExponent (x : Dyadic) : Int := x.exponent + x.mantissa.natAbs.log2

end Dyadic

end Conform

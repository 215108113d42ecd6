import Conform.Dyadic

/-!
# Directed rounding of dyadic numbers

To a number of bits, downward or upward, so that lower ends stay below what they bound and upper ends above it.

Main definitions: `Conform.Dyadic.floorAt`, `Conform.Dyadic.roundDown`, `Conform.Dyadic.roundUp`,
`Conform.Dyadic.roundNearest`.
-/

namespace Conform.Dyadic

/-- The greatest integer `n` with `n * 2 ^ e ≤ x`. -/
def floorAt (e : Int) (x : Dyadic) : Int :=
  if e ≤ x.exponent then x.mantissaAt e else x.mantissa >>> (e - x.exponent).toNat

/-- The least integer `n` with `x ≤ n * 2 ^ e`. -/
def ceilAt (e : Int) (x : Dyadic) : Int := -floorAt e (-x)

/-- The exponent at which `x` has `bits` bits before the point. -/
def roundingExponent (bits : Nat) (x : Dyadic) : Int := x.leadingExponent + 1 - bits

/-- The greatest number of at most `bits` bits that is not above `x`. -/
def roundDown (bits : Nat) (x : Dyadic) : Dyadic :=
  let e := x.roundingExponent bits
  if e ≤ x.exponent then x else normalize (x.floorAt e) e

/-- The least number of at most `bits` bits that is not below `x`. -/
def roundUp (bits : Nat) (x : Dyadic) : Dyadic := -roundDown bits (-x)

/-- A number of at most `bits` bits that is nearest to `x`; of two, the one of greater magnitude. -/
def roundNearest (bits : Nat) (x : Dyadic) : Dyadic :=
  let half := twoPow (x.roundingExponent bits - 1)
  if x.isZero then x else if x.isNegative then -roundDown bits (half - x) else roundDown bits (x + half)

/-- Half of a number. -/
def half (x : Dyadic) : Dyadic := if x.isZero then x else ⟨x.mantissa, x.exponent - 1⟩

end Conform.Dyadic

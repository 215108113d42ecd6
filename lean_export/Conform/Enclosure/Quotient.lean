import Conform.Enclosure.Interval

/-!
# Quotients

The integer quotient of the mantissas, shifted to enough bits, and its remainder, which says whether the quotient is
exact.

Main definitions: `Conform.Enclosure.divDown`, `Conform.Enclosure.divUp`.
-/

namespace Conform.Enclosure

open Dyadic

/-- Bits that results are computed to before they are put into a ball. -/
def workBits : Nat := 160

/-- The exponent of a quotient of at least `bits` bits. -/
def quotientExponent (bits : Nat) (n d : Dyadic) : Int :=
  min (n.exponent - d.exponent) (n.leadingExponent - d.leadingExponent - bits)

/-- Numerator and denominator as integers, the latter positive, whose quotient is `n / d` in units of `2 ^ e`. -/
def quotientParts (e : Int) (n d : Dyadic) : Int × Int :=
  let m := n.mantissa * ((2 ^ (n.exponent - d.exponent - e).toNat : Nat) : Int)
  if d.isNegative then (-m, -d.mantissa) else (m, d.mantissa)

/-- A lower bound of `n / d`, for `d ≠ 0`: the quotient itself where it is dyadic, else of at least `bits` bits. -/
def divDown (bits : Nat) (n d : Dyadic) : Dyadic :=
  let e := quotientExponent bits n d
  let parts := quotientParts e n d
  normalize (parts.1 / parts.2) e

/-- An upper bound of `n / d`, likewise. -/
def divUp (bits : Nat) (n d : Dyadic) : Dyadic := -divDown bits (-n) d

end Conform.Enclosure

import Conform.Enclosure.Quotient

/-!
# Square roots

The integer root, bit by bit, of a mantissa that is shifted to enough bits.

Main definitions: `Conform.Enclosure.natSqrt`, `Conform.Enclosure.sqrtDown`, `Conform.Enclosure.sqrtUp`.
-/

namespace Conform.Enclosure

open Dyadic

/-- The integer part of the square root of `n < 4 ^ fuel`: each step decides one more bit. -/
def sqrtBits : Nat → Nat → Nat
  | 0, _ => 0
  | fuel + 1, n =>
    let s := 2 * sqrtBits fuel (n >>> 2)
    if (s + 1) * (s + 1) ≤ n then s + 1 else s

/-- The integer part of the square root. -/
def natSqrt (n : Nat) : Nat := sqrtBits (n.log2 / 2 + 1) n

/-- Half the exponent of a radicand whose root has at least `bits` bits. -/
def rootExponent (bits : Nat) (x : Dyadic) : Int := min (x.exponent / 2) (x.leadingExponent / 2 - bits)

/-- The radicand in units of `2 ^ (2 * e)`. -/
def radicand (e : Int) (x : Dyadic) : Nat := x.mantissa.toNat <<< (x.exponent - 2 * e).toNat

/-- A lower bound of the root of `x ≥ 0`: the root itself where it is dyadic, else of at least `bits` bits. -/
def sqrtDown (bits : Nat) (x : Dyadic) : Dyadic :=
  let e := rootExponent bits x
  normalize (natSqrt (radicand e x)) e

/-- An upper bound of the root, likewise. -/
def sqrtUp (bits : Nat) (x : Dyadic) : Dyadic :=
  let e := rootExponent bits x
  let n := radicand e x
  let s := natSqrt n
  normalize (if s * s = n then s else s + 1 : Nat) e

end Conform.Enclosure

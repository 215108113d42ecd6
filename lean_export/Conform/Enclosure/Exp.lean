import Conform.Enclosure.ExpPolynomial
import Conform.Enclosure.Interval

/-!
# The exponential function

`exp x = 2 ^ n * exp (x - n ln 2)`, with the remainder in fixed point and rounded to the safe side; a polynomial at a
`2 ^ halvings`-th of it; and as many squarings, all with directed rounding.

Main definitions: `Conform.Enclosure.expLower`, `Conform.Enclosure.expUpper`, `Conform.Enclosure.expInterval`.
-/

namespace Conform.Enclosure

open Dyadic

/-- The value at `y`, in units of `2 ^ -(precision + halvings)`, of a polynomial, by Horner's rule; every step rounds
down. -/
def hornerDown (y : Nat) : List Nat → Nat
  | [] => 0
  | c :: cs => c + (hornerDown y cs * y) >>> (precision + halvings)

/-- Likewise; every step rounds up. -/
def hornerUp (y : Nat) : List Nat → Nat
  | [] => 0
  | c :: cs => c + (hornerUp y cs * y) >>> (precision + halvings) + 1

/-- Square `n` times in units of `2 ^ -precision`, rounding down. -/
def squareDown : Nat → Nat → Nat
  | 0, a => a
  | n + 1, a => squareDown n ((a * a) >>> precision)

/-- Square `n` times in units of `2 ^ -precision`, rounding up. -/
def squareUp : Nat → Nat → Nat
  | 0, a => a
  | n + 1, a => squareUp n ((a * a) >>> precision + 1)

/-- A lower bound of `exp r` for `0 ≤ r ≤ 1`; both in units of `2 ^ -precision`. -/
def kernelDown (r : Nat) : Nat := squareDown halvings (hornerDown r lowerCoefficients)

/-- An upper bound of `exp r` for `0 ≤ r ≤ 1`; both in units of `2 ^ -precision`. -/
def kernelUp (r : Nat) : Nat := squareUp halvings (hornerUp r upperCoefficients)

/-- A number in units of `2 ^ -precision` whose exponential is at most two: `ln 2` downward. -/
def ln2Down : Nat :=
  0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2be7b876206dd00000

/-- A number in units of `2 ^ -precision` whose exponential is at least two: `ln 2` upward. -/
def ln2Up : Nat := ln2Down + 2 ^ 22

/-- `n` such that `x - n ln 2` is about from zero to `ln 2`. -/
def expExponent (x : Dyadic) : Int := x.floorAt (-precision) / ln2Up

/-- The remainder `x - n ln 2` from below, in units of `2 ^ -precision`. -/
def remainderDown (x : Dyadic) (n : Int) : Int :=
  x.floorAt (-precision) - n * (if 0 ≤ n then ln2Up else ln2Down : Nat)

/-- The remainder `x - n ln 2` from above, in units of `2 ^ -precision`. -/
def remainderUp (x : Dyadic) (n : Int) : Int :=
  x.ceilAt (-precision) - n * (if 0 ≤ n then ln2Down else ln2Up : Nat)

/-- `exp x` from below, by `x = n ln 2 + r`; zero where `r` is not from zero to one. -/
def expLowerAt (x : Dyadic) (n : Int) : Dyadic :=
  let r := remainderDown x n
  if r < 0 || (2 ^ precision : Nat) < r then 0 else normalize (kernelDown r.toNat) (n - precision)

/-- `exp x` from above, by `x = n ln 2 + r`; infinite where `r` is above one. -/
def expUpperAt (x : Dyadic) (n : Int) : Endpoint :=
  let r := remainderUp x n
  if r ≤ (2 ^ precision : Nat) then .finite (normalize (kernelUp r.toNat) (n - precision)) else .inf false

/-- Where `|x|` has this leading exponent or a greater one, `exp x` is past all formats. -/
def expLimit : Nat := 20

/-- The powers of two that are less than `exp x` then, or greater: `ln 2 < 4 / 5`. -/
def expLimitPower : Int := 5 * 2 ^ (expLimit - 2)

/-- A lower bound of `exp x`: about `2 ^ -300` of it below, zero or `2 ^ expLimitPower` past all formats. -/
def expLower (x : Dyadic) : Dyadic :=
  if x.isZero then .twoPow 0
  else if x.leadingExponent < expLimit then
    let n := expExponent x
    expLowerAt x (if remainderDown x n < 0 then n - 1 else n)
  else if x.isNegative then 0
  else .twoPow expLimitPower

/-- An upper bound of `exp x`: about `2 ^ -300` of it above, infinite or `2 ^ -expLimitPower` past all formats. -/
def expUpper (x : Dyadic) : Endpoint :=
  if x.isZero then .finite (.twoPow 0)
  else if x.leadingExponent < expLimit then expUpperAt x (expExponent x)
  else if x.isNegative then .finite (.twoPow (-expLimitPower))
  else .inf false

/-- Where `exp x` lies. -/
def expInterval (x : Dyadic) : Interval := ⟨.finite (expLower x), expUpper x⟩

end Conform.Enclosure

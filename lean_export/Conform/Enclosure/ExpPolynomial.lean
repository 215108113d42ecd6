/-!
# Polynomials on both sides of the exponential function

`exp (2y) = exp y * exp y`. A polynomial `L` with `L (2y) ≤ L y * L y` for `y ≥ 0`, and `L y ≤ 1 + y ≤ exp y` for tiny
`y`, is a lower bound of `exp` everywhere: halve `x` until it is tiny, and square back. Likewise for an upper bound with
the inequalities reversed. So the coefficients are found by recursion: `c₀` is one, `c₁` is one, less or more a unit,
and every further `cₖ` is the greatest (the least) for which `2 ^ k * cₖ` is at most (at least) the coefficient
`∑ cᵢ cₖ₋ᵢ` of the square. They are those of the Taylor series, but for units in the last place.

Main definitions: `Conform.Enclosure.lowerCoefficients`, `Conform.Enclosure.upperCoefficients`.
-/

namespace Conform.Enclosure

/-- Coefficients are integers in units of `2 ^ -precision`, and so are the values of the polynomials. -/
def precision : Nat := 320

/-- The degree of the polynomials. -/
def degree : Nat := 18

/-- The argument of a polynomial is at most `2 ^ -halvings`. -/
def halvings : Nat := 15

/-- `∑ aᵢ bᵢ`. -/
def dot : List Nat → List Nat → Nat
  | a :: as, b :: bs => a * b + dot as bs
  | _, _ => 0

/-- Prepend the next coefficient to `cₖ₋₁, …, c₁`: the terms of the square that do not hold `cₖ`, with the room that
they leave for it divided by `round`. -/
def nextCoefficient (round : Nat → Nat → Nat) (cs : List Nat) : List Nat :=
  round (dot cs cs.reverse) ((2 ^ (cs.length + 1) - 2) * 2 ^ precision) :: cs

/-- The coefficients from `c₁` to the one of degree `n + 1`, in falling order. -/
def coefficients (round : Nat → Nat → Nat) (first : Nat) : Nat → List Nat
  | 0 => [first]
  | n + 1 => nextCoefficient round (coefficients round first n)

/-- The coefficients of the lower polynomial, from `c₀` on. -/
def lowerCoefficients : List Nat :=
  2 ^ precision :: (coefficients (· / ·) (2 ^ precision - 1) (degree - 1)).reverse

/-- The coefficients of the upper polynomial, from `c₀` on. The last one is doubled: it answers for all that the square
has past the degree. -/
def upperCoefficients : List Nat :=
  match coefficients (fun a b => a / b + 1) (2 ^ precision + 1) (degree - 1) with
  | last :: cs => 2 ^ precision :: (2 * last :: cs).reverse
  | [] => []

end Conform.Enclosure

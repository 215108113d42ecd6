import Conform.Enclosure.Functions

/-!
# Functions of intervals

The interval that holds every value of a function on an interval, rounded outward. Ends are infinite where the
argument reaches a pole or an infinity; of a root or a logarithm, what lies below its domain is left out.

Main definitions: `Conform.Interval.div`, `Conform.Interval.sqrt`, `Conform.Interval.exp`, `Conform.Interval.log`,
`Conform.Interval.sinh`, `Conform.Interval.cosh`, `Conform.Interval.tanh`, `Conform.Interval.sin`,
`Conform.Interval.cos`.
-/

namespace Conform

namespace Interval

open Enclosure

/-- Bits of an end of the image of an interval. -/
def imageBits : Nat := 128

/-- The image under a rising function: `f` at finite ends, and its limits. -/
def rising (f : Dyadic → Interval) (atMinusInf atInf : Endpoint) (i : Interval) : Interval :=
  let lower := match i.lower with
    | .finite x => (f x).lower
    | .inf negative => if negative then atMinusInf else atInf
  let upper := match i.upper with
    | .finite x => (f x).upper
    | .inf negative => if negative then atMinusInf else atInf
  round imageBits ⟨lower, upper⟩

/-- `n / d` for ends, `d > 0`: over an infinity zero, and else an infinity by a number itself. -/
def divEnds (f : Dyadic → Dyadic → Dyadic) : Endpoint → Endpoint → Endpoint
  | _, .inf _ => .finite 0
  | .inf negative, .finite _ => .inf negative
  | .finite n, .finite d => .finite (f n d)

/-- The quotients by positive numbers: the least one has the greatest denominator where the numerator is not negative,
and the least one where it is. -/
def divPositive (i j : Interval) : Interval :=
  ⟨divEnds (divDown imageBits) i.lower (if i.lower.isNegative then j.lower else j.upper),
    divEnds (divUp imageBits) i.upper (if i.upper.isPositive then j.lower else j.upper)⟩

/-- The quotients; all numbers where zero is among the denominators. -/
protected def div (i j : Interval) : Interval :=
  if j.lower.isPositive then divPositive i j
  else if j.upper.isNegative then divPositive (-i) (-j)
  else all

/-- The square roots of the numbers that are not negative. -/
def sqrt : Interval → Interval :=
  rising (fun x => if x.isNegative then point 0 else sqrtInterval x) (.finite 0) (.inf false)

/-- The values of the exponential function. -/
def exp : Interval → Interval := rising expInterval (.finite 0) (.inf false)

/-- The logarithms of the positive numbers; from `-∞` where the interval reaches zero. -/
def log : Interval → Interval :=
  rising (fun x => if x.isNegative || x.isZero then ⟨.inf true, .inf true⟩ else logInterval x) (.inf true) (.inf false)

/-- The values of the hyperbolic sine. -/
def sinh : Interval → Interval := rising sinhInterval (.inf true) (.inf false)

/-- The values of the hyperbolic tangent. -/
def tanh : Interval → Interval := rising tanhInterval (.finite (-.twoPow 0)) (.finite (.twoPow 0))

/-- The absolute values. -/
def abs (i : Interval) : Interval :=
  if i.lower.isNegative then
    if i.upper.isPositive then ⟨.finite 0, (-i.lower).max i.upper⟩ else -i
  else i

/-- The values of the hyperbolic cosine, which rises with the absolute value. -/
def cosh (i : Interval) : Interval :=
  let one := Dyadic.twoPow 0
  rising (fun x => if x.isNegative then point one else coshInterval x) (.finite one) (.inf false) i.abs

/-- The image under a function that nowhere changes faster than its argument, and lies between `-1` and `1`: its value
in the middle, and half the width of the interval to both sides. -/
def wave (f : Dyadic → Interval) (i : Interval) : Interval :=
  let one := Dyadic.twoPow 0
  match i.lower, i.upper with
  | .finite l, .finite u =>
    let j := f (l + u).half
    let d := (u - l).half
    let k := round imageBits ⟨j.lower.map (· - d), j.upper.map (· + d)⟩
    ⟨k.lower.max (.finite (-one)), k.upper.min (.finite one)⟩
  | _, _ => ⟨.finite (-one), .finite one⟩

/-- The sines. -/
def sin : Interval → Interval := wave sinInterval

/-- The cosines. -/
def cos : Interval → Interval := wave cosInterval

end Interval

end Conform

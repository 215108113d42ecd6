import Conform.Enclosure.Exp
import Conform.Enclosure.Quotient

/-!
# The natural logarithm

`log x = n ln 2 + log m` with `m = 2 ^ -n * x` near one. From any approximation `a` of `log m`, the number
`z = m * exp (-a)` is near one, and `1 - 1 / z ≤ log z ≤ z - 1` gives `log m = a + log z` to twice as many bits. These
are the inverses of inequalities about `exp`, so nothing depends on how good `a` is but the width of the result.

Main definition: `Conform.Enclosure.logInterval`.
-/

namespace Conform.Enclosure

open Dyadic

/-- Bits after the point of the approximation to start from. -/
def logBits : Nat := 192

/-- `∑ s ^ (2 i) / (2 i + 1)` from term `i` on, for `terms` terms, in units of `2 ^ -logBits`, with `t = s ^ 2`. -/
def atanhSeries (t : Nat) : Nat → Nat → Nat
  | 0, _ => 0
  | terms + 1, i => 2 ^ logBits / (2 * i + 1) + (atanhSeries t terms (i + 1) * t) >>> logBits

/-- About `log m` for `m` within `√2` of one, from `log m = 2 atanh ((m - 1) / (m + 1))`. -/
def logApproximation (m : Dyadic) : Dyadic :=
  let unit : Int := 2 ^ logBits
  let f := m.floorAt (-logBits)
  let s := (f - unit) * unit / (f + unit)
  let t := (s * s).toNat >>> logBits
  normalize (2 * s * atanhSeries t 40 0) (-2 * logBits)

/-- `n` such that `2 ^ -n * x` is within about `√2` of one; the bound is `√2` in units of `2 ^ -31`. -/
def logExponent (x : Dyadic) : Int :=
  let e := x.leadingExponent
  if x.floorAt (e - 31) ≤ 3037000499 then e else e + 1

/-- Where `|t|` has this leading exponent or a lesser one, a function `f` with `f t = t + O (t ^ 2)` is `t`, but for a
`2 ^ -tinyBits`-th of it. -/
def tinyExponent : Int := -124

/-- How far off `t` is then, relatively. -/
def tinyBits : Nat := 122

/-- From `(1 - 2 ^ -tinyBits) * t` to `(1 + 2 ^ -tinyBits) * t`. -/
def nearby (t : Dyadic) : Interval :=
  let d := t.abs * .twoPow (-tinyBits)
  ⟨.finite (t - d), .finite (t + d)⟩

/-- `n ln 2` from below. -/
def ln2MulDown (n : Int) : Dyadic := normalize (n * (if 0 ≤ n then ln2Down else ln2Up : Nat)) (-precision)

/-- `n ln 2` from above. -/
def ln2MulUp (n : Int) : Dyadic := -ln2MulDown (-n)

/-- Where `log m` lies, by way of an approximation `a`. -/
def logNear (m a : Dyadic) : Interval :=
  let z := expLower (-a) * m
  ⟨if z.isZero then .inf true else .finite (a + .twoPow 0 - divUp precision (.twoPow 0) z),
    (expUpper (-a)).map fun e => a + (e * m - .twoPow 0)⟩

/-- Where `log x` lies, for `x > 0`. -/
def logInterval (x : Dyadic) : Interval :=
  let n := logExponent x
  let m : Dyadic := ⟨x.mantissa, x.exponent - n⟩
  let t := m - .twoPow 0
  if t.isZero && n == 0 then .point 0
  else if n == 0 && t.leadingExponent ≤ tinyExponent then nearby t
  else
    let i := logNear m (logApproximation m)
    ⟨i.lower.map (· + ln2MulDown n), i.upper.map (· + ln2MulUp n)⟩

end Conform.Enclosure

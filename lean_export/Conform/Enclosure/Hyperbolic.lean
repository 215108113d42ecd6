import Conform.Enclosure.Log

/-!
# Hyperbolic functions

By their definitions from `exp`, which rises, so that each end comes from one end of `exp`. Near zero, where these
formulas cancel, the result is the argument but for a tiny part of it.

Main definitions: `Conform.Enclosure.sinhInterval`, `Conform.Enclosure.coshInterval`,
`Conform.Enclosure.tanhInterval`.
-/

namespace Conform.Enclosure

open Dyadic

/-- `1 / e` from below, for `e > 0`. -/
def inverseDown : Endpoint → Dyadic
  | .finite e => if e.isZero then 0 else divDown precision (.twoPow 0) e
  | .inf _ => 0

/-- `1 / e` from above, for `e ≥ 0`. -/
def inverseUp (e : Dyadic) : Endpoint :=
  if e.isZero then .inf false else .finite (divUp precision (.twoPow 0) e)

/-- The interval of an odd function, by the one for positive arguments away from zero. -/
def oddInterval (f : Dyadic → Interval) (x : Dyadic) : Interval :=
  if x.isZero then .point 0
  else if x.leadingExponent ≤ tinyExponent then nearby x
  else if x.isNegative then -f (-x)
  else f x

/-- From `2 ^ largeBits` on, `1 / e` is less than a `2 ^ -(2 * largeBits)`-th of `e`, and taken for an error of it. -/
def largeBits : Nat := 96

/-- A bit more than one: `1 + 2 ^ -(2 * largeBits)`. -/
def aboveOne : Dyadic := .twoPow 0 + .twoPow (-2 * largeBits)

/-- A bit less than one: `1 - 2 ^ -(2 * largeBits)`. -/
def belowOne : Dyadic := .twoPow 0 - .twoPow (-2 * largeBits)

/-- Where `(e - 1 / e) / 2` lies for an `e > 0` from `l` to `u`. -/
def sinhOfExp (l : Dyadic) (u : Endpoint) : Interval :=
  if Dyadic.twoPow largeBits ≤ l then ⟨.finite (l * belowOne).half, u.map half⟩
  else
    ⟨-(inverseUp l).map fun d => (d - l).half, u.map fun e => (e - inverseDown u).half⟩

/-- Where `(e + 1 / e) / 2` lies for an `e > 0` from `l` to `u`. -/
def coshOfExp (l : Dyadic) (u : Endpoint) : Interval :=
  if Dyadic.twoPow largeBits ≤ l then ⟨.finite l.half, u.map fun e => (e * aboveOne).half⟩
  else
    ⟨.finite (l + inverseDown u).half,
      match inverseUp l with
      | .finite d => u.map fun e => (e + d).half
      | .inf negative => .inf negative⟩

/-- Where `sinh x = (exp x - 1 / exp x) / 2` lies. -/
def sinhInterval : Dyadic → Interval := oddInterval fun x => sinhOfExp (expLower x) (expUpper x)

/-- Where `cosh x = (exp x + 1 / exp x) / 2` lies. -/
def coshInterval (x : Dyadic) : Interval :=
  if x.isZero then .point (.twoPow 0) else coshOfExp (expLower x.abs) (expUpper x.abs)

/-- Where an argument has this leading exponent or a greater one, `tanh` is one but for less than `2 ^ -700`. -/
def tanhExponent : Int := 8

/-- Where `1 - 2 / (e + 1)` lies for an `e > 0` from `l` to `u`. -/
def tanhOfExp (l : Dyadic) (u : Endpoint) : Interval :=
  ⟨.finite (.twoPow 0 - divUp precision (.twoPow 1) (l + .twoPow 0)),
    .finite (match u with
      | .finite e => .twoPow 0 - divDown precision (.twoPow 1) (e + .twoPow 0)
      | .inf _ => .twoPow 0)⟩

/-- Where `tanh x = 1 - 2 / (exp (2 x) + 1)` lies. -/
def tanhInterval : Dyadic → Interval :=
  oddInterval fun x =>
    if x.leadingExponent < tanhExponent then
      let y := x * .twoPow 1
      tanhOfExp (expLower y) (expUpper y)
    else tanhOfExp (expLower (.twoPow (tanhExponent + 1))) (.inf false)

end Conform.Enclosure

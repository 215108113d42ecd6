import Conform.Enclosure.Hyperbolic
import Conform.Enclosure.Pi

/-!
# Sine and cosine

The argument is reduced by a multiple of `π / 2`, with as many bits of `π` as its exponent and the smallness of what
remains ask for; then come the Taylor series in fixed point. What is computed is off by less than the slack that the
interval allows: this is tested against an independent library, not proved.

Main definitions: `Conform.Enclosure.sinInterval`, `Conform.Enclosure.cosInterval`.
-/

namespace Conform.Enclosure

open Dyadic

/-- Bits after the point in the series. -/
def seriesBits : Nat := 192

/-- `1 - t / (i (i + 1)) * (1 - t / ((i + 2) (i + 3)) * …)`, in units of `2 ^ -seriesBits`, for `0 ≤ t < 1`. -/
def alternating (t : Nat) : Nat → Nat → Nat
  | 0, _ => 2 ^ seriesBits
  | terms + 1, i => 2 ^ seriesBits - (alternating t terms (i + 2) * t) >>> seriesBits / (i * (i + 1))

/-- Terms that suffice for `t < 1`: `(2 * 24 + 1)! > 2 ^ 200`. -/
def seriesTerms : Nat := 24

/-- An interval of half-width `2 ^ -160` of the number. -/
def relatively (x : Dyadic) : Interval :=
  let d := x.abs * .twoPow (-160)
  ⟨.finite (x - d), .finite (x + d)⟩

/-- `r ^ 2` in units of `2 ^ -seriesBits`. -/
def squareUnits (r : Dyadic) : Nat := ((r * r).floorAt (-seriesBits)).toNat

/-- Where `sin r` lies, for `|r| < 1`. -/
def sinNear (r : Dyadic) : Interval :=
  relatively (r * normalize (alternating (squareUnits r) seriesTerms 2) (-seriesBits))

/-- Where `cos r` lies, for `|r| < 1`. -/
def cosNear (r : Dyadic) : Interval :=
  relatively (normalize (alternating (squareUnits r) seriesTerms 1) (-seriesBits))

/-- An argument less a multiple of `π / 2`: the multiple modulo four, and what remains, to `seriesBits` bits. -/
structure Reduced where
  quadrant : Nat
  rest : Dyadic

/-- The reduction with `bits` bits after the point, and with twice as many where what remains is too small to have
enough of them right. -/
def reduceWith (x : Dyadic) : Nat → Nat → Option Reduced
  | 0, _ => none
  | fuel + 1, bits =>
    -- `π / 2` is off by less than two units, and is taken at most `2 ^ (leadingExponent + 1)` times.
    let units := bits + x.leadingExponent.toNat + 4
    let f := x.floorAt (-units)
    let quarter := piUnits (units - 1)
    let n := (2 * f + quarter) / (2 * quarter)
    let r := normalize (f - n * quarter) (-units)
    if r.isZero || r.leadingExponent < seriesBits - bits then reduceWith x fuel (2 * bits)
    else some ⟨(n % 4).toNat, r.roundDown seriesBits⟩

/-- Bits after the point to begin a reduction with; few numbers are nearer to a multiple of `π / 2` than the difference
to `seriesBits`. -/
def reductionBits : Nat := 288

/-- Arguments of a greater leading exponent are past all formats, and not reduced. -/
def reductionLimit : Nat := 2 ^ 16

/-- `x` less the nearest multiple of `π / 2`. -/
def reduce (x : Dyadic) : Option Reduced :=
  if x.leadingExponent < 0 then some ⟨0, x⟩
  else if x.leadingExponent ≤ reductionLimit then reduceWith x 16 reductionBits
  else none

/-- The sine of a quadrant further on, for each of four: `sin r`, `cos r`, `-sin r`, `-cos r`. -/
def sinOf (a : Option Reduced) (further : Nat) : Interval :=
  match a with
  | none => ⟨.finite (-.twoPow 0), .finite (.twoPow 0)⟩
  | some a =>
    match (a.quadrant + further) % 4 with
    | 0 => sinNear a.rest
    | 1 => cosNear a.rest
    | 2 => -sinNear a.rest
    | _ => -cosNear a.rest

/-- Where `sin x` lies. -/
def sinInterval (x : Dyadic) : Interval :=
  if x.isZero then .point 0
  else if x.leadingExponent ≤ tinyExponent then nearby x
  else sinOf (reduce x) 0

/-- Where `cos x` lies. -/
def cosInterval (x : Dyadic) : Interval :=
  if x.isZero then .point (.twoPow 0) else sinOf (reduce x) 1

/-- Where `π` lies. -/
def piInterval : Interval :=
  ⟨.finite (normalize (piUnits seriesBits) (-seriesBits)), .finite (normalize (piUnits seriesBits + 2) (-seriesBits))⟩

end Conform.Enclosure

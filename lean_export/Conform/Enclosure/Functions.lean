import Conform.Enclosure.Ball
import Conform.Enclosure.Root
import Conform.Enclosure.Trigonometric

/-!
# Functions of exact numbers

What is known of the quotient, the root or a function of exact numbers with the special values of IEEE 754: a ball of
radius at most `2 ^ -120` of its midpoint, and zero where the result is dyadic and known to be; special values by IEEE
754 and by annex F of the C standard (ISO/IEC 9899:2018, F.10); an interval for what is past all formats.

Main definitions: `Conform.Enclosure.div`, `Conform.Enclosure.sqrt`, `Conform.Enclosure.exp`, `Conform.Enclosure.log`,
`Conform.Enclosure.sinh`, `Conform.Enclosure.cosh`, `Conform.Enclosure.tanh`, `Conform.Enclosure.sin`,
`Conform.Enclosure.cos`, `Conform.Enclosure.pi`.
-/

namespace Conform.Enclosure

open Dyadic

/-- The ball of an interval. One that is infinite or reaches to zero stays an interval: no ball of a small radius holds
it. -/
def ofInterval (i : Interval) : ExtBall :=
  match i.lower, i.upper with
  | .finite l, .finite u =>
    if l == u then .finite (.exact l) else if i.hasZero then .past i else .finite (.ofBounds l u)
  | _, _ => .past i

/-- One. -/
def one : ExtBall := .finite (.exact (.twoPow 0))

/-- `-1` or `1`. -/
def signOf (negative : Bool) : ExtBall := .finite (.exact (if negative then -.twoPow 0 else .twoPow 0))

/-- Where `n / d` lies, for `d ≠ 0`. -/
def divInterval (n d : Dyadic) : Interval := ⟨.finite (divDown workBits n d), .finite (divUp workBits n d)⟩

/-- Where the root of `x ≥ 0` lies. -/
def sqrtInterval (x : Dyadic) : Interval := ⟨.finite (sqrtDown workBits x), .finite (sqrtUp workBits x)⟩

/-- The quotient. A nonzero number over zero is infinite, zero over zero and infinity over infinity are nan. -/
def div (a b : Ext) : ExtBall :=
  let negative := a.isNegative != b.isNegative
  match a, b with
  | .nan, _ => .nan
  | _, .nan => .nan
  | .inf _, .inf _ => .nan
  | .inf _, _ => .inf negative
  | _, .inf _ => .zeroOf negative
  | a, b =>
    let n := a.finitePart
    let d := b.finitePart
    if d.isZero then if n.isZero then .nan else .inf negative
    else if n.isZero then .zeroOf negative
    else ofInterval (divInterval n d)

/-- The square root; of a negative zero that zero, of other negative numbers nan. -/
def sqrt : Ext → ExtBall
  | .nan => .nan
  | .negZero => .negZero
  | .inf negative => if negative then .nan else .inf false
  | .finite x => if x.isNegative then .nan else if x.isZero then .ofExt 0 else ofInterval (sqrtInterval x)

/-- The exponential function: one at zeros, `+0` and `+∞` at the infinities. -/
def exp : Ext → ExtBall
  | .nan => .nan
  | .negZero => one
  | .inf negative => if negative then .ofExt 0 else .inf false
  | .finite x => ofInterval (expInterval x)

/-- The natural logarithm: `-∞` at zeros, nan at negative numbers, `+0` at one. -/
def log : Ext → ExtBall
  | .nan => .nan
  | .negZero => .inf true
  | .inf negative => if negative then .nan else .inf false
  | .finite x =>
    if x.isNegative then .nan else if x.isZero then .inf true else ofInterval (logInterval x)

/-- The hyperbolic sine: zeros and infinities are themselves. -/
def sinh : Ext → ExtBall
  | .finite x => if x.isZero then .ofExt 0 else ofInterval (sinhInterval x)
  | x => .ofExt x

/-- The hyperbolic cosine: one at zeros, `+∞` at the infinities. -/
def cosh : Ext → ExtBall
  | .nan => .nan
  | .negZero => one
  | .inf _ => .inf false
  | .finite x => ofInterval (coshInterval x)

/-- The hyperbolic tangent: zeros are themselves, `±1` at the infinities. -/
def tanh : Ext → ExtBall
  | .inf negative => signOf negative
  | .finite x => if x.isZero then .ofExt 0 else ofInterval (tanhInterval x)
  | x => .ofExt x

/-- The sine: zeros are themselves, nan at the infinities. -/
def sin : Ext → ExtBall
  | .inf _ => .nan
  | .finite x => if x.isZero then .ofExt 0 else ofInterval (sinInterval x)
  | x => .ofExt x

/-- The cosine: one at zeros, nan at the infinities. -/
def cos : Ext → ExtBall
  | .nan => .nan
  | .inf _ => .nan
  | .negZero => one
  | .finite x => ofInterval (cosInterval x)

/-- The circle constant. -/
def pi : ExtBall := ofInterval piInterval

end Conform.Enclosure

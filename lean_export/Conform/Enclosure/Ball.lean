import Conform.Enclosure.Interval
import Conform.Ext

/-!
# Balls

A dyadic midpoint and a radius: what is known of a number that need not be dyadic. A radius of zero means that the
midpoint is the number. `ExtBall` adds the special values of IEEE 754, and intervals for numbers that are too large or
too small to be written down.

Main definitions: `Conform.Ball`, `Conform.Ball.ofBounds`, `Conform.ExtBall`, `Conform.ExtBall.interval`.
-/

namespace Conform

/-- The numbers at most `rad` away from `mid`. -/
structure Ball where
  mid : Dyadic
  rad : Dyadic
  deriving DecidableEq, Repr, Inhabited

namespace Ball

/-- Bits of a midpoint that is not exact. Rounding to them moves it by at most `2 ^ -127` of itself. -/
def midBits : Nat := 128

/-- Bits of a radius. -/
def radBits : Nat := 16

/-- A number that is known exactly. -/
def exact (x : Dyadic) : Ball := ⟨x, 0⟩

/-- The least number of the ball. -/
def lower (b : Ball) : Dyadic := b.mid - b.rad

/-- The greatest number of the ball. -/
def upper (b : Ball) : Dyadic := b.mid + b.rad

/-- The radius is zero. -/
def isExact (b : Ball) : Bool := b.rad.isZero

/-- A ball that holds `b`, with few bits and the midpoint rounded to nearest; exact numbers stay as they are. -/
def round (b : Ball) : Ball :=
  if b.isExact then b
  else
    let mid := b.mid.roundNearest midBits
    ⟨mid, (b.rad + (b.mid - mid).abs).roundUp radBits⟩

/-- A ball that holds all numbers from `lower` to `upper`. -/
def ofBounds (lower upper : Dyadic) : Ball :=
  round ⟨(lower + upper).half, (upper - lower).half⟩

/-- The numbers of opposite sign. -/
protected def neg (b : Ball) : Ball := ⟨-b.mid, b.rad⟩

/-- A ball around the sum. -/
protected def add (a b : Ball) : Ball := round ⟨a.mid + b.mid, a.rad + b.rad⟩

/-- A ball around the product. -/
protected def mul (a b : Ball) : Ball :=
  round ⟨a.mid * b.mid, a.mid.abs * b.rad + a.rad * (b.mid.abs + b.rad)⟩

instance : Neg Ball := ⟨Ball.neg⟩
instance : Add Ball := ⟨Ball.add⟩
instance : Mul Ball := ⟨Ball.mul⟩

/-- From the least number to the greatest. -/
def interval (b : Ball) : Interval := ⟨.finite b.lower, .finite b.upper⟩

end Ball

/-- What is known of the result of a function: a ball, a special value, or only an interval. The zero among the exact
balls is the positive zero. -/
inductive ExtBall where
  /-- A number in the ball. -/
  | finite (ball : Ball)
  /-- The negative zero. -/
  | negZero
  | inf (negative : Bool)
  | nan
  /-- A number in the interval that is past all formats: of a magnitude far beyond `2 ^ 2 ^ 20`, where the interval is
  infinite, or far below `2 ^ -2 ^ 20`, where it reaches to zero. -/
  | past (range : Interval)
  deriving DecidableEq, Repr, Inhabited

namespace ExtBall

/-- An exact number or special value. -/
def ofExt : Ext → ExtBall
  | .finite x => finite (Ball.exact x)
  | .negZero => negZero
  | .inf negative => inf negative
  | .nan => nan

/-- The zero with the given sign bit. -/
def zeroOf (negative : Bool) : ExtBall := ofExt (Ext.zeroOf negative)

/-- The number with the other sign. -/
protected def neg : ExtBall → ExtBall
  | finite b => if b.isExact && b.mid.isZero then negZero else finite (-b)
  | negZero => ofExt 0
  | inf negative => inf (!negative)
  | nan => nan
  | past range => past (-range)

instance : Neg ExtBall := ⟨ExtBall.neg⟩

/-- Where the number lies; nothing for nan. An infinity is the interval beyond every number. -/
def interval : ExtBall → Option Interval
  | finite b => some b.interval
  | negZero => some (.point 0)
  | inf negative => some ⟨.inf negative, .inf negative⟩
  | nan => none
  | past range => some range

end ExtBall

end Conform

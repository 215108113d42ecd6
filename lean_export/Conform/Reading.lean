import Conform.Ext

/-!
# Floating-point readings

The spec can be run at `Float` and `Float32` as it is: every operation rounds to nearest, in the order of the spec.
Such a run is a reference implementation, to be judged like any other, and not an oracle. `Int` needs nothing at
all: its arithmetic is exact and unbounded, and a run at `Int` is what an integer format must give.

Main definitions: `Conform.Ext.toFloat`, `Conform.Ext.ofFloat`, and the same for `Float32`.
-/

namespace Conform

namespace Dyadic

/-- The nearest `Float`; exact for a number that double precision represents. -/
def toFloat (x : Dyadic) : Float := (Float.ofInt x.mantissa).scaleB x.exponent

/-- The nearest `Float32`; exact for a number that single precision represents. -/
def toFloat32 (x : Dyadic) : Float32 := (Float32.ofInt x.mantissa).scaleB x.exponent

end Dyadic

namespace Ext

/-- The bit pattern of a binary interchange format as a number: `width` exponent bits, `fraction` fraction bits. -/
def ofBits (width fraction : Nat) (bits : Nat) : Ext :=
  let negative := bits >>> (width + fraction) % 2 = 1
  let exponent := bits >>> fraction % 2 ^ width
  let significand := bits % 2 ^ fraction
  let bias : Int := 2 ^ (width - 1) - 1 + fraction
  if exponent = 2 ^ width - 1 then
    if significand = 0 then inf negative else nan
  else
    let (m, e) := if exponent = 0 then (significand, 1) else (significand + 2 ^ fraction, exponent)
    let x := finite (Dyadic.normalize m ((e : Int) - bias))
    if negative then x.neg else x

/-- The nearest `Float`. -/
def toFloat : Ext → Float
  | finite x => x.toFloat
  | negZero => -0.0
  | inf negative => if negative then -1.0 / 0.0 else 1.0 / 0.0
  | nan => 0.0 / 0.0

/-- The number that a `Float` is. -/
def ofFloat (x : Float) : Ext := ofBits 11 52 x.toBits.toNat

/-- The nearest `Float32`. -/
def toFloat32 : Ext → Float32
  | finite x => x.toFloat32
  | negZero => -0.0
  | inf negative => if negative then -1.0 / 0.0 else 1.0 / 0.0
  | nan => 0.0 / 0.0

/-- The number that a `Float32` is. -/
def ofFloat32 (x : Float32) : Ext := ofBits 8 23 x.toBits.toNat

end Ext

end Conform

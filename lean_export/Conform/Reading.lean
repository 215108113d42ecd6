import Conform.Ext
import NN.Spec.Core.Context

/-!
# Floating-point readings

The spec can be run at `Float` and `Float32` as it is: every operation rounds to nearest, in the order of the spec.
Such a run is a reference implementation, to be judged like any other, and not an oracle. The arithmetic of `Int` is
exact and unbounded, and a run at `Int` is what an integer format must give.

Main definitions: `Conform.Ext.toFloat`, `Conform.Ext.ofFloat`, and the same for `Float32`; `Context Float`,
`Context Float32`, `Context Int`.
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

/-! ## `Float` as a scalar of the spec -/

instance : MathFunctions Float :=
  ⟨Float.exp, Float.tanh, Float.cosh, Float.sqrt, Float.abs, Float.log, 3.14159265358979323846, Float.cos, Float.sin,
    Float.sinh⟩

instance : Numbers Float :=
  ⟨-0.5, -1, 0.1, 0.5, 1, 0, 2, 3, 4, 5, 10, Float.log 10, Float.log 10000, 0.000001⟩

/-- Nan wins in `max` and `min`, as in IEEE 754-2019 (9.6, `maximum` and `minimum`). -/
instance : Context Float :=
  { (inferInstance : MathFunctions Float), (inferInstance : Numbers Float) with
    default := 0
    pow := Float.pow
    max a b := if a ≤ b then b else if b ≤ a then a else a + b
    min a b := if a ≤ b then a else if b ≤ a then b else a + b
    coe := Float.ofNat
    decidable_gt a b := inferInstanceAs (Decidable (b < a)) }

/-! ## `Float32` as a scalar of the spec -/

instance : MathFunctions Float32 :=
  ⟨Float32.exp, Float32.tanh, Float32.cosh, Float32.sqrt, Float32.abs, Float32.log, 3.14159265358979323846,
    Float32.cos, Float32.sin, Float32.sinh⟩

instance : Numbers Float32 :=
  ⟨-0.5, -1, 0.1, 0.5, 1, 0, 2, 3, 4, 5, 10, Float32.log 10, Float32.log 10000, 0.000001⟩

/-- Nan wins in `max` and `min`, as in IEEE 754-2019 (9.6, `maximum` and `minimum`). -/
instance : Context Float32 :=
  { (inferInstance : MathFunctions Float32), (inferInstance : Numbers Float32) with
    default := 0
    pow := Float32.pow
    max a b := if a ≤ b then b else if b ≤ a then a else a + b
    min a b := if a ≤ b then a else if b ≤ a then b else a + b
    coe := Float32.ofNat
    decidable_gt a b := inferInstanceAs (Decidable (b < a)) }

/-! ## `Int` as a scalar of the spec -/

/-- No definition that calls a function is run at integers, so what they are does not matter. -/
instance : MathFunctions Int :=
  ⟨fun _ => 0, fun _ => 0, fun _ => 0, fun _ => 0, fun x => x.natAbs, fun _ => 0, 0, fun _ => 0, fun _ => 0, fun _ => 0⟩

instance : Numbers Int := ⟨0, -1, 0, 0, 1, 0, 2, 3, 4, 5, 10, 0, 0, 0⟩

instance : Context Int :=
  { (inferInstance : MathFunctions Int), (inferInstance : Numbers Int) with
    default := 0
    pow x y := x ^ y.toNat
    max a b := if a ≤ b then b else a
    min a b := if a ≤ b then a else b
    coe := Int.ofNat
    decidable_gt a b := inferInstanceAs (Decidable (b < a)) }

end Conform

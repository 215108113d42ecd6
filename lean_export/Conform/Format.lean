import Conform.Ext

/-!
# Number formats

The formats that inputs and results are in. A floating-point format is given by its precision and its exponent range; an
integer format of `bits` bits counts as a significand of `bits - 1` bits that cannot be shifted.

Main definitions: `Conform.Format`, `Conform.Format.represents`, `Conform.Format.all`.
-/

namespace Conform

/-- A number format. -/
structure Format where
  /-- The name of the dtype. -/
  name : String
  isInteger : Bool
  /-- Bits of the significand, the leading one included. -/
  precision : Nat
  /-- The exponent of the smallest positive (subnormal) number. -/
  minExponent : Int
  /-- The exponent of the leading bit of the largest finite number. -/
  maxExponent : Int
  deriving DecidableEq, Repr, Inhabited

namespace Format

def float64 : Format := ⟨"float64", false, 53, -1074, 1023⟩
def float32 : Format := ⟨"float32", false, 24, -149, 127⟩
def float16 : Format := ⟨"float16", false, 11, -24, 15⟩
def bfloat16 : Format := ⟨"bfloat16", false, 8, -133, 127⟩
def int32 : Format := ⟨"int32", true, 31, 0, 30⟩
def int64 : Format := ⟨"int64", true, 63, 0, 62⟩

/-- Every format that vectors are written for. -/
def all : List Format := [float64, float32, float16, bfloat16, int32, int64]

/-- The formats that sums of numbers of the format may be kept in, by name: itself, and the wider one that backends
use. -/
def models (f : Format) : List String :=
  if f.precision < 24 then [f.name, float32.name] else if f.precision < 53 then [f.name, float64.name] else [f.name]

/-- The exponent of the smallest normal number. -/
def minNormalExponent (f : Format) : Int := f.minExponent + f.precision - 1

/-- The largest finite number. -/
def largest (f : Format) : Dyadic :=
  Dyadic.normalize (2 ^ f.precision - 1 : Nat) (f.maxExponent - f.precision + 1)

/-- `x` is a number of the format. The lowest integer is left out: no input needs it. -/
def representsFinite (f : Format) (x : Dyadic) : Bool :=
  x.isZero || (x.mantissa.natAbs.log2 < f.precision && f.minExponent ≤ x.exponent &&
    x.leadingExponent ≤ f.maxExponent)

/-- `x` is a number or special value of the format. -/
def represents (f : Format) : Ext → Bool
  | .finite x => f.representsFinite x
  | _ => !f.isInteger

/-- `x` is a nonzero number below the smallest normal one. -/
def isSubnormal (f : Format) (x : Ext) : Bool :=
  match x with
  | .finite x => !f.isInteger && !x.isZero && x.leadingExponent < f.minNormalExponent
  | _ => false

end Format

end Conform

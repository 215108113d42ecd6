import Conform.Soundness.Approximation
import Conform.Soundness.FractionLaws

/-!
# The formats that there are

The constants of a binary format of precision `p` and least exponent `emin`, `u = 2 ^ -p` and `η = 2 ^ emin`, are
among the binary fractions and satisfy what the theorems assume of them.

Main results: `Conform.Soundness.constants_twoPow`, and `Conform.Soundness.constants_float32` as one of its cases.
-/

namespace Conform.Soundness

/-- Any `u = 2 ^ -p` and `η = 2 ^ emin` with `emin ≤ 0` may be used in the theorems. -/
theorem constants_twoPow {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
    [BinaryLaws K] (p : Nat) {emin : Int} (h : emin ≤ 0) : Constants (twoPow (-(p : Int)) : K) (twoPow emin) where
  u_nonneg := BinaryLaws.twoPow_nonneg _
  η_nonneg := BinaryLaws.twoPow_nonneg _
  η_le_one := by
    rw [← BinaryLaws.twoPow_zero]
    exact twoPow_le_twoPow h

/-- Double precision. -/
theorem constants_float64 : Constants (twoPow (-53) : Fraction) (twoPow (-1074)) := constants_twoPow 53 (by decide)

/-- Single precision. -/
theorem constants_float32 : Constants (twoPow (-24) : Fraction) (twoPow (-149)) := constants_twoPow 24 (by decide)

/-- Half precision. -/
theorem constants_float16 : Constants (twoPow (-11) : Fraction) (twoPow (-24)) := constants_twoPow 11 (by decide)

/-- The sixteen leading bits of single precision. -/
theorem constants_bfloat16 : Constants (twoPow (-8) : Fraction) (twoPow (-133)) := constants_twoPow 8 (by decide)

end Conform.Soundness

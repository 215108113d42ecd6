import Conform.Enclosure.IntervalProperties
import Conform.Enclosure.Quotient

/-!
# The enclosure of a quotient

Main results: `Conform.Enclosure.divDown_le`, `Conform.Enclosure.le_divUp`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {q : K} {n d : Dyadic}

/-- The integer parts have the same quotient, and the denominator is positive. -/
theorem quotientParts_spec {e : Int} (he : e ≤ n.exponent - d.exponent) (hd : ¬d.isZero = true)
    (hq : q * toRing K d = toRing K n) :
    0 < (quotientParts e n d).2 ∧
      q * ofInt (quotientParts e n d).2 = ofInt (quotientParts e n d).1 * twoPow e := by
  have hd' : ¬d.mantissa = 0 := fun h => hd (decide_eq_true h)
  have shifted : q * ofInt d.mantissa =
      ofInt (n.mantissa * ((2 ^ (n.exponent - d.exponent - e).toNat : Nat) : Int)) * twoPow e := by
    rw [ofInt_mul_twoPow K n.mantissa he, Int.sub_eq_add_neg, BinaryLaws.twoPow_add, ← mul_assoc]
    show _ = toRing K n * _
    rw [← hq]
    show _ = q * (ofInt d.mantissa * twoPow d.exponent) * _
    rw [mul_assoc, mul_assoc, twoPow_mul_neg, mul_one]
  unfold quotientParts
  dsimp only
  split
  · next h =>
    have := of_decide_eq_true h
    refine ⟨by show 0 < -d.mantissa; omega, ?_⟩
    show q * ofInt (-d.mantissa) = ofInt (-_) * _
    rw [ofInt_neg, ofInt_neg]
    have e₁ : q * (0 - ofInt d.mantissa) = 0 - q * ofInt d.mantissa := by ring_by [q, (ofInt d.mantissa : K)]
    rw [e₁, shifted]
    generalize (ofInt (n.mantissa * _) : K) = m
    ring_by [m, twoPow e]
  · next h =>
    have : ¬d.mantissa < 0 := fun h' => h (decide_eq_true h')
    exact ⟨by show 0 < d.mantissa; omega, shifted⟩

/-- The lower bound is at most the number whose product with the denominator is the numerator. -/
theorem divDown_le (bits : Nat) (hd : ¬d.isZero = true) (hq : q * toRing K d = toRing K n) :
    toRing K (divDown bits n d) ≤ q := by
  have he : quotientExponent bits n d ≤ n.exponent - d.exponent := Int.min_le_left _ _
  unfold divDown
  dsimp only
  obtain ⟨positive, parts⟩ := quotientParts_spec he hd hq
  rw [toRing_normalize]
  generalize quotientParts (quotientExponent bits n d) n d = p at positive parts
  refine le_of_mul_le_mul_right ?_ (positive_ofInt positive)
  rw [parts]
  have floor := ofInt_le (K := K) (Int.ediv_mul_le p.1 (by omega : p.2 ≠ 0))
  rw [BinaryLaws.ofInt_mul] at floor
  have := mul_le_mul_right floor (BinaryLaws.twoPow_nonneg (quotientExponent bits n d))
  have e : ofInt (p.1 / p.2) * twoPow (quotientExponent bits n d) * ofInt p.2 =
      (ofInt (p.1 / p.2) * ofInt p.2 * twoPow (quotientExponent bits n d) : K) := by ac_rfl
  rwa [e]

/-- The upper bound is at least that number. -/
theorem le_divUp (bits : Nat) (hd : ¬d.isZero = true) (hq : q * toRing K d = toRing K n) :
    q ≤ toRing K (divUp bits n d) := by
  have hq' : (0 - q) * toRing K d = toRing K (-n) := by
    rw [toRing_neg, ← hq]
    ring_by [q, toRing K d]
  have := divDown_le bits hd hq'
  unfold divUp
  rw [toRing_neg]
  exact le_of_eq_add (sub_nonneg this) (by ring_by [q, toRing K (divDown bits (-n) d)])

end Conform.Enclosure

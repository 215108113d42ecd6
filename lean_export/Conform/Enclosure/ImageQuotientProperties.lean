import Conform.Enclosure.Image
import Conform.Enclosure.QuotientProperties

/-!
# The quotients of the numbers of two intervals lie in theirs

Main result: `Conform.Enclosure.holds_image_div`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {i j : Interval} {x y v : K}

/-- The quotient by a positive number. -/
theorem holds_divPositive (hx : Holds i x) (hy : Holds j y) (positive : j.lower.isPositive = true)
    (hv : v * y = x) : Holds (Interval.divPositive i j) v := by
  obtain ⟨a, b⟩ := i
  obtain ⟨c, d⟩ := j
  -- The lower end of the denominators is a positive number.
  cases c with
  | inf negative =>
    have e : negative = true := hy.below
    subst e
    exact absurd (show false = true from positive) (by decide)
  | finite c =>
    have hc : Positive (toRing K c) := fun h => by
      have n : 0 < c.mantissa := by
        have m := of_decide_eq_true (show decide ((-c).mantissa < 0) = true from positive)
        have e : (-c).mantissa = -c.mantissa := rfl
        omega
      exact ((positive_ofInt (K := K) n).mul (positive_twoPow c.exponent)) h
    have nonzero : ∀ {d : Dyadic}, Positive (toRing K d) → ¬d.isZero = true := fun h h' => h.ne_zero (toRing_isZero h')
    have hcy : toRing K c ≤ y := hy.below
    have hyp := hc.of_le hcy
    have quotient : ∀ {d n : Dyadic}, Positive (toRing K d) → ∃ q : K, q * toRing K d = toRing K n := fun {d n} h => by
      obtain ⟨q, hq⟩ := OrderedFieldLaws.exists_inverse _ h.ne_zero
      exact ⟨toRing K n * q, by rw [mul_assoc, mul_comm q, hq, mul_one]⟩
    refine ⟨?_, ?_⟩
    · have below := hx.below
      show Below (Interval.divEnds (divDown Interval.imageBits) a (if a.isNegative then .finite c else d)) v
      split
      · next s =>
        cases a with
        | inf negative => exact below
        | finite n =>
          obtain ⟨q, hq⟩ := quotient (n := n) hc
          have w := divDown_le Interval.imageBits (nonzero hc) hq
          refine le_trans w (le_of_mul_le_mul_right ?_ hyp)
          rw [hv]
          have sign : q ≤ 0 := le_of_mul_le_mul_right (by rw [hq, zero_mul]; exact toRing_nonpos s) hc
          have turn := mul_le_mul_left hcy (neg_nonneg sign)
          refine le_trans ?_ below
          rw [← hq]
          exact le_of_eq_add (sub_nonneg turn) (by ring_by [q, y, toRing K c])
      · next s =>
        cases a with
        | inf negative => exact absurd (show negative = true from below) s
        | finite n =>
          have hn := toRing_nonneg (K := K) s
          have vnonneg : 0 ≤ v := nonneg_of_mul (by rw [hv]; exact le_trans hn below) hyp
          cases d with
          | inf negative =>
            show toRing K 0 ≤ v
            rwa [toRing_zero]
          | finite d =>
            have hyd : y ≤ toRing K d := hy.above
            have hd := hyp.of_le hyd
            obtain ⟨q, hq⟩ := quotient (n := n) hd
            refine le_trans (divDown_le Interval.imageBits (nonzero hd) hq) (le_of_mul_le_mul_right ?_ hyp)
            rw [hv]
            refine le_trans (mul_le_mul_left hyd (nonneg_of_mul (by rw [hq]; exact hn) hd)) ?_
            rw [hq]
            exact below
    · have above := hx.above
      show Above (Interval.divEnds (divUp Interval.imageBits) b (if b.isPositive then .finite c else d)) v
      split
      · next s =>
        cases b with
        | inf negative => exact above
        | finite n =>
          obtain ⟨q, hq⟩ := quotient (n := n) hc
          refine le_trans (le_of_mul_le_mul_right ?_ hyp) (le_divUp Interval.imageBits (nonzero hc) hq)
          rw [hv]
          have hn : 0 ≤ toRing K n := by
            have := toRing_nonpos (K := K) (x := -n) s
            rw [toRing_neg] at this
            exact le_of_eq_add (neg_nonneg this) (by ring_by [toRing K n])
          refine le_trans above ?_
          rw [← hq]
          exact mul_le_mul_left hcy (nonneg_of_mul (by rw [hq]; exact hn) hc)
      · next s =>
        cases b with
        | inf negative =>
          have e : negative = false := above
          rw [e] at s
          exact absurd rfl s
        | finite n =>
          have hn : toRing K n ≤ 0 := by
            have := toRing_nonneg (K := K) (x := -n) s
            rw [toRing_neg] at this
            exact le_of_eq_add this (by ring_by [toRing K n])
          have vnonpos : v ≤ 0 := le_of_mul_le_mul_right (by rw [hv, zero_mul]; exact le_trans above hn) hyp
          cases d with
          | inf negative =>
            show v ≤ toRing K 0
            rwa [toRing_zero]
          | finite d =>
            have hyd : y ≤ toRing K d := hy.above
            have hd := hyp.of_le hyd
            obtain ⟨q, hq⟩ := quotient (n := n) hd
            refine le_trans (le_of_mul_le_mul_right ?_ hyp) (le_divUp Interval.imageBits (nonzero hd) hq)
            rw [hv]
            have sign : q ≤ 0 := le_of_mul_le_mul_right (by rw [hq, zero_mul]; exact hn) hd
            have turn := mul_le_mul_left hyd (neg_nonneg sign)
            refine le_trans above ?_
            rw [← hq]
            exact le_of_eq_add (sub_nonneg turn) (by ring_by [q, y, toRing K d])

/-- The quotients of the numbers of two intervals. -/
theorem holds_image_div (hx : Holds i x) (hy : Holds j y) (hv : v * y = x) : Holds (i.div j) v := by
  unfold Interval.div
  split
  · next s => exact holds_divPositive hx hy s hv
  · split
    · next s =>
      refine holds_divPositive hx.neg hy.neg ?_ (v := v) ?_
      · show (-(-j.upper)).isNegative = true
        have twice : -(-j.upper) = j.upper := by
          cases j.upper with
          | finite z =>
            show Endpoint.finite ⟨- -z.mantissa, z.exponent⟩ = _
            rw [Int.neg_neg]
          | inf negative =>
            show Endpoint.inf (!(!negative)) = _
            rw [Bool.not_not]
        rwa [twice]
      · rw [← hv]
        ring_by [v, y]
    · exact holds_all v

end Conform.Enclosure

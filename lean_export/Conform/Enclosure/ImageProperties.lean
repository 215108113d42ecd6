import Conform.Enclosure.FunctionsProperties
import Conform.Enclosure.Image

/-!
# The image of an interval holds every value

Main results: `Conform.Enclosure.holds_image_sqrt`, `Conform.Enclosure.holds_image_exp`,
`Conform.Enclosure.holds_image_log`, `Conform.Enclosure.holds_image_sinh`, `Conform.Enclosure.holds_image_cosh`,
`Conform.Enclosure.holds_image_tanh`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {exp log sinh cosh tanh sqrt : K → K} {i j : Interval} {x y v : K}

/-- What the finite ends give holds for the value, and so do the limits. -/
theorem holds_rising {f : Dyadic → Interval} {atMinusInf atInf : Endpoint} (h : Holds i x)
    (low : ∀ z, toRing K z ≤ x → Below (f z).lower v) (high : ∀ z, x ≤ toRing K z → Above (f z).upper v)
    (least : Below atMinusInf v) (greatest : Above atInf v) : Holds (Interval.rising f atMinusInf atInf i) v := by
  refine Holds.round ⟨?_, ?_⟩ _
  · have below := h.below
    dsimp only
    generalize i.lower = l at below ⊢
    cases l with
    | finite z => exact low z below
    | inf negative =>
      have e : negative = true := below
      rw [e]
      exact least
  · have above := h.above
    dsimp only
    generalize i.upper = u at above ⊢
    cases u with
    | finite z => exact high z above
    | inf negative =>
      have e : negative = false := above
      rw [e]
      exact greatest

/-- The image under a function that rises. -/
theorem holds_rising_of_mono {f : Dyadic → Interval} {atMinusInf atInf : Endpoint} {g : K → K}
    (mono : ∀ x y, x ≤ y → g x ≤ g y) (holds : ∀ z, Holds (f z) (g (toRing K z))) (h : Holds i x)
    (least : Below atMinusInf (g x)) (greatest : Above atInf (g x)) :
    Holds (Interval.rising f atMinusInf atInf i) (g x) :=
  holds_rising h (fun z hz => (holds z).below.trans (mono _ _ hz)) (fun z hz => (holds z).above.trans (mono _ _ hz))
    least greatest

/-- The values of an exponential function. -/
theorem holds_image_exp (hexp : IsExp exp) (h : Holds i x) : Holds i.exp (exp x) :=
  holds_rising_of_mono (fun _ _ => hexp.mono) (fun z => ⟨expLower_le hexp z, le_expUpper hexp z⟩) h
    (by
      show toRing K 0 ≤ exp x
      rw [toRing_zero]
      exact hexp.nonneg x)
    rfl

/-- The values of a logarithm. -/
theorem holds_image_log (hexp : IsExp exp) (hlog : IsLog exp log) (hx : Positive x) (h : Holds i x) :
    Holds i.log (log x) := by
  have rises : ∀ {a b : K}, Positive a → Positive b → a ≤ b → log a ≤ log b := fun ha hb hab =>
    hexp.le_of_le (by rwa [hlog _ ha, hlog _ hb])
  refine holds_rising h (fun z hz => ?_) (fun z hz => ?_) rfl rfl
  · split
    · rfl
    · next s =>
      rw [Bool.or_eq_true, not_or] at s
      have positive := toRing_positive (K := K) s.1 s.2
      exact (holds_logInterval hexp positive (hlog _ positive)).below.trans (rises positive hx hz)
  · have positive : Positive (toRing K z) := hx.of_le hz
    split
    · next s =>
      rw [Bool.or_eq_true] at s
      exact absurd (s.elim toRing_nonpos fun s => le_of_eq (toRing_isZero s)) positive
    · exact (holds_logInterval hexp positive (hlog _ positive)).above.trans (rises hx positive hz)

/-- The roots of numbers that are not negative. -/
theorem holds_image_sqrt (hs : IsSqrt sqrt) (hx : 0 ≤ x) (h : Holds i x) : Holds i.sqrt (sqrt x) := by
  have rises : ∀ {a b : K}, 0 ≤ a → 0 ≤ b → a ≤ b → sqrt a ≤ sqrt b := fun ha hb hab =>
    le_of_mul_self_le (hs.nonneg _ hb) (by rwa [hs.mul_self _ ha, hs.mul_self _ hb])
  have zero : toRing K 0 ≤ sqrt x := by
    rw [toRing_zero]
    exact hs.nonneg x hx
  refine holds_rising h (fun z hz => ?_) (fun z hz => ?_) zero rfl
  · split
    · exact zero
    · next s =>
      have nonneg := toRing_nonneg (K := K) s
      exact Below.trans (a := .finite _) (sqrtDown_le workBits s (hs.nonneg _ nonneg) (hs.mul_self _ nonneg))
        (rises nonneg hx hz)
  · have nonneg := le_trans hx hz
    split
    · next s =>
      -- Then `x` is zero, and so is its root.
      have e : x = 0 := le_antisymm (le_trans hz (toRing_nonpos s)) hx
      refine le_of_mul_self_le (le_of_eq (toRing_zero K).symm) ?_
      rw [hs.mul_self x hx, e, toRing_zero, zero_mul]
      exact le_refl 0
    · next s =>
      exact Above.trans (a := .finite _) (le_sqrtUp workBits s (hs.mul_self _ nonneg)) (rises hx nonneg hz)

theorem IsSinh.mono (hexp : IsExp exp) (h : IsSinh exp sinh) (hxy : x ≤ y) : sinh x ≤ sinh y := by
  rw [h, h]
  exact half_le_half (sub_le_sub (hexp.mono hxy) (hexp.mono (sub_le_sub (le_refl 0) hxy)))

/-- The values of a hyperbolic sine. -/
theorem holds_image_sinh (hexp : IsExp exp) (hsinh : IsSinh exp sinh) (h : Holds i x) : Holds i.sinh (sinh x) :=
  holds_rising_of_mono (fun _ _ => hsinh.mono hexp) (holds_sinhInterval hexp hsinh) h rfl rfl

/-- `tanh` is at most one. -/
theorem IsTanh.le_one (hexp : IsExp exp) (h : IsTanh exp tanh) (x : K) : 0 ≤ 1 - tanh x :=
  nonneg_of_mul (by rw [h.eq hexp]; exact ofInt_nonneg (by decide))
    (positive_one.of_le (le_add_left 1 (hexp.nonneg _)))

theorem IsTanh.mono (hexp : IsExp exp) (h : IsTanh exp tanh) (hxy : x ≤ y) : tanh x ≤ tanh y := by
  have e := mul_le_mul_left (add_le_add (hexp.mono (add_le_add hxy hxy)) (le_refl 1)) (h.le_one hexp x)
  rw [h.eq hexp, ← h.eq hexp y] at e
  have := le_of_mul_le_mul_right e (positive_one.of_le (le_add_left 1 (hexp.nonneg _)))
  exact le_of_eq_add (sub_nonneg this) (by ring_by [tanh x, tanh y])

/-- The values of a hyperbolic tangent. -/
theorem holds_image_tanh (hexp : IsExp exp) (htanh : IsTanh exp tanh) (h : Holds i x) : Holds i.tanh (tanh x) := by
  refine holds_rising_of_mono (fun _ _ => htanh.mono hexp) (holds_tanhInterval hexp htanh) h ?_ ?_
  · show toRing K (-.twoPow 0) ≤ tanh x
    have := htanh.le_one hexp (0 - x)
    rw [htanh.odd hexp] at this
    rw [toRing_neg, toRing_one]
    exact le_of_eq_add this (by ring_by [tanh x])
  · show tanh x ≤ toRing K (.twoPow 0)
    rw [toRing_one]
    exact le_of_eq_add (htanh.le_one hexp x) (by ring_by [tanh x])

/-- `cosh` rises from zero on. -/
theorem IsCosh.mono (hexp : IsExp exp) (h : IsCosh exp cosh) (hx : 0 ≤ x) (hxy : x ≤ y) : cosh x ≤ cosh y := by
  have one : ∀ {a : K}, 0 ≤ a → exp (0 - a) ≤ 1 := fun ha => by
    rw [← hexp.zero]
    exact hexp.mono (neg_nonpos ha)
  have rise := sub_nonneg (hexp.mono hxy)
  have fall := mul_le_mul (one hx) (one (le_trans hx hxy)) zero_le_one (hexp.nonneg _)
  have inverse := hexp.mul_neg x
  have inverse' := hexp.mul_neg y
  rw [h, h]
  refine half_le_half ?_
  generalize exp (0 - x) = f at fall inverse
  generalize exp (0 - y) = f' at fall inverse'
  generalize exp x = e at rise inverse
  generalize exp y = e' at rise inverse'
  rw [mul_one] at fall
  -- `e' + f' - (e + f) = (e' - e) * (1 - f * f')`.
  refine le_of_eq_add (mul_nonneg rise (sub_nonneg fall)) ?_
  have a : f = f * (e' * f') := by rw [inverse', mul_one]
  have b : f' = f' * (e * f) := by rw [inverse, mul_one]
  have c : (e' - e) * (1 - f * f') = e' - e - f * (e' * f') + f' * (e * f) := by ring_by [e, e', f, f']
  rw [c, ← a, ← b]
  ring_by [e, e', f, f']

theorem IsCosh.zero (hexp : IsExp exp) (h : IsCosh exp cosh) : cosh 0 = 1 := by
  rw [h, sub_self, hexp.zero, mul_add, mul_one, twoPow_neg_one_add]

/-- A number that is not negative, and whose sign makes no difference: the interval of absolute values holds it. -/
theorem holds_abs (h : Holds i x) : ∃ a : K, 0 ≤ a ∧ (a = x ∨ a = 0 - x) ∧ Holds i.abs a := by
  have lower_sign : ¬i.lower.isNegative = true → 0 ≤ x := fun s => by
    have below := h.below
    cases e : i.lower with
    | finite z =>
      rw [e] at below s
      exact le_trans (toRing_nonneg s) below
    | inf negative =>
      rw [e] at below s
      exact absurd (show negative = true from below) s
  have upper_sign : ¬i.upper.isPositive = true → x ≤ 0 := fun s => by
    have above := h.above
    cases e : i.upper with
    | finite z =>
      rw [e] at above s
      have := toRing_nonneg (K := K) (x := -z) s
      rw [toRing_neg] at this
      exact le_trans above (le_of_eq_add this (by ring_by [toRing K z]))
    | inf negative =>
      rw [e] at above s
      have e' : negative = false := above
      rw [e'] at s
      exact absurd rfl s
  unfold Interval.abs
  split
  · split
    · rcases le_total 0 x with hx | hx
      · refine ⟨x, hx, Or.inl rfl, ⟨?_, above_max (Or.inr h.above)⟩⟩
        show toRing K 0 ≤ x
        rwa [toRing_zero]
      · refine ⟨0 - x, neg_nonneg hx, Or.inr rfl, ⟨?_, above_max (Or.inl h.below.neg)⟩⟩
        show toRing K 0 ≤ 0 - x
        rw [toRing_zero]
        exact neg_nonneg hx
    · next s => exact ⟨0 - x, neg_nonneg (upper_sign s), Or.inr rfl, h.neg⟩
  · next s => exact ⟨x, lower_sign s, Or.inl rfl, h⟩

/-- The values of a hyperbolic cosine. -/
theorem holds_image_cosh (hexp : IsExp exp) (hcosh : IsCosh exp cosh) (h : Holds i x) : Holds i.cosh (cosh x) := by
  obtain ⟨a, ha, same, held⟩ := holds_abs h
  have e : cosh x = cosh a := same.elim (fun e => by rw [e]) fun e => by rw [e, hcosh.even]
  rw [e]
  have one : toRing K (.twoPow 0) ≤ cosh a := by
    rw [toRing_one, ← hcosh.zero hexp]
    exact hcosh.mono hexp (le_refl 0) ha
  refine holds_rising held (fun z hz => ?_) (fun z hz => ?_) one rfl
  · split
    · exact one
    · next s => exact (holds_coshInterval hexp hcosh z).below.trans (hcosh.mono hexp (toRing_nonneg s) hz)
  · split
    · next s =>
      -- Then `a` is zero.
      have e : a = 0 := le_antisymm (le_trans hz (toRing_nonpos s)) ha
      show cosh a ≤ toRing K (.twoPow 0)
      rw [e, hcosh.zero hexp, toRing_one]
      exact le_refl 1
    · exact (holds_coshInterval hexp hcosh z).above.trans (hcosh.mono hexp ha hz)

end Conform.Enclosure

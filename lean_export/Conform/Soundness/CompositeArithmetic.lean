import Conform.Soundness.Composite

/-!
# Every operation keeps the relation to the trace

Main results: `Conform.Soundness.IsWithin.add`, `Conform.Soundness.IsWithin.sub`, `Conform.Soundness.IsWithin.mul`,
`Conform.Soundness.IsWithin.neg`, `Conform.Soundness.IsWithin.abs`, `Conform.Soundness.IsWithin.max`,
`Conform.Soundness.IsWithin.function`; `Conform.Soundness.IsWithin.eq_of_isExact`.

Reference: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, §3.1 and §3.8.
-/

namespace Conform.Soundness

open Spec Spec.Laws Enclosure

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {u η x y z d : K} {a b c t : Composite K}

namespace IsWithin

/-- A number that is what it is. -/
theorem exact (h : t.IsExact) (hm : abs t.value ≤ t.magnitude) (nonneg : t.nonneg = true → 0 ≤ t.value)
    (nonpos : t.nonpos = true → t.value ≤ 0) : IsWithin u η t.value t where
  error := error_of_add (by
    unfold Composite.growth Composite.size
    rw [h.depth, h.inherited, h.underflow, sub_self, OrderedRingLaws.abs_zero]
    exact le_of_eq (by
      show 0 + _ = 1 * _
      ring_by [t.magnitude, η]))
  value_le := hm
  inherited_nonneg := le_of_eq h.inherited.symm
  underflow_nonneg := le_of_eq h.underflow.symm
  nonneg s := ⟨nonneg s, nonneg s⟩
  nonpos s := ⟨nonpos s, nonpos s⟩

theorem input {nonneg nonpos : Bool} (hn : nonneg = true → 0 ≤ x) (hp : nonpos = true → x ≤ 0) :
    IsWithin u η x (.input x nonneg nonpos) :=
  exact (t := .input x nonneg nonpos) ⟨rfl, rfl, rfl⟩ (le_refl _) hn hp

/-- An exact trace says what the number is. -/
theorem eq_of_isExact (h : IsWithin u η x t) (e : t.IsExact) : x = t.value := by
  have := h.error
  rw [Composite.bound_eq] at this
  unfold Composite.growth at this
  rw [e.depth, e.inherited, e.underflow] at this
  have zero : (pow (1 + u) 0 - 1) * t.magnitude + pow (1 + u) 0 * (0 + 0 * η) = 0 := by
    show (1 - 1) * t.magnitude + 1 * (0 + 0 * η) = 0
    ring_by [t.magnitude, η]
  rw [zero] at this
  obtain ⟨low, high⟩ := abs_sub_le_iff.mp this
  rw [add_zero] at high
  exact le_antisymm high (le_trans (le_of_eq (by ring_by [t.value])) low)

/-- `c` more roundings and `E` more underflows. -/
theorem accurate (hc : Constants u η) {k E : Nat} (h : IsWithin u η x t) (hz : Accurate u η k E x z) :
    IsWithin u η z { t with terms := t.terms + k, underflow := t.underflow + ofInt E } where
  error := error_of_add (by
    have hG := Composite.growth_nonneg hc t
    have hP : 0 ≤ pow (1 + u) k := le_trans zero_le_one (one_le_pow hc.one_le k)
    have hE : 0 ≤ ofInt E * η := mul_nonneg (ofInt_nonneg (Int.natCast_nonneg E)) hc.η_nonneg
    have far := le_trans hz.error (add_le_add (mul_le_mul_left h.abs_le (sub_nonneg (one_le_pow hc.one_le k)))
      (le_mul_left (mul_nonneg hP hE) (one_le_pow hc.one_le t.depth)))
    have total := add_le_add (abs_sub_le z x t.value) (le_refl t.magnitude)
    rw [add_assoc] at total
    refine le_trans total (le_trans (add_le_add far h.error_add) (le_of_eq ?_))
    have deep : pow (1 + u) (t.terms + k + t.additions) = pow (1 + u) t.depth * pow (1 + u) k := by
      rw [← pow_add]
      congr 1
      show _ = t.terms + t.additions + k
      omega
    unfold Composite.growth Composite.size
    show _ = pow (1 + u) (t.terms + k + t.additions) * _
    rw [deep]
    unfold Composite.depth
    generalize pow (1 + u) (t.terms + t.additions) = G
    generalize pow (1 + u) k = P
    generalize (ofInt (E : Int) : K) = F
    ring_by [G, P, F, η, t.magnitude, t.inherited, t.underflow])
  value_le := h.value_le
  inherited_nonneg := h.inherited_nonneg
  underflow_nonneg := add_nonneg h.underflow_nonneg (ofInt_nonneg (Int.natCast_nonneg E))
  nonneg s := ⟨hz.nonneg (h.nonneg s).1, (h.nonneg s).2⟩
  nonpos s := ⟨hz.nonpos (h.nonpos s).1, (h.nonpos s).2⟩

/-- One rounding. -/
theorem round (hc : Constants u η) (h : IsWithin u η x a) (hz : Correct u η x z) (value : a.value = b.value)
    (magnitude : a.magnitude ≤ b.magnitude) (inherited : a.inherited ≤ b.inherited)
    (underflow : a.underflow + 1 ≤ b.underflow) (depth : a.depth + 1 ≤ b.depth)
    (nonneg : b.nonneg = true → a.nonneg = true) (nonpos : b.nonpos = true → a.nonpos = true) : IsWithin u η z b :=
  (h.accurate hc hz).mono hc value magnitude inherited
    (by
      show a.underflow + ofInt 1 ≤ b.underflow
      rwa [ofInt_one])
    (by
      have e : a.depth = a.terms + a.additions := rfl
      show a.terms + 1 + a.additions ≤ b.depth
      omega) nonneg nonpos

/-- The exact sum. -/
theorem exactAdd (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) :
    IsWithin u η (x + y)
      { value := a.value + b.value, magnitude := a.magnitude + b.magnitude, inherited := a.inherited + b.inherited
        underflow := a.underflow + b.underflow, terms := max a.terms b.terms
        additions := a.additions + b.additions, nonneg := a.nonneg && b.nonneg, nonpos := a.nonpos && b.nonpos } where
  error := by
    let k : Nat := max a.terms b.terms + (a.additions + b.additions)
    have ha' := le_trans ha.error (Composite.bound_le hc (b := { a with terms := k, additions := 0 })
      ha.magnitude_nonneg ha.inherited_nonneg ha.underflow_nonneg (le_refl _) (le_refl _) (le_refl _)
      (show a.terms + a.additions ≤ k + 0 by omega))
    have hb' := le_trans hb.error (Composite.bound_le hc (b := { b with terms := k, additions := 0 })
      hb.magnitude_nonneg hb.inherited_nonneg hb.underflow_nonneg (le_refl _) (le_refl _) (le_refl _)
      (show b.terms + b.additions ≤ k + 0 by omega))
    rw [add_sub_add]
    refine le_trans (abs_add_le _ _) (le_trans (add_le_add ha' hb') (le_of_eq ?_))
    rw [Composite.bound_eq, Composite.bound_eq, Composite.bound_eq]
    unfold Composite.growth Composite.depth
    show _ = (pow (1 + u) k - 1) * (a.magnitude + b.magnitude) + pow (1 + u) k *
      (a.inherited + b.inherited + (a.underflow + b.underflow) * η)
    show (pow (1 + u) k - 1) * a.magnitude + pow (1 + u) k * (a.inherited + a.underflow * η) +
      ((pow (1 + u) k - 1) * b.magnitude + pow (1 + u) k * (b.inherited + b.underflow * η)) = _
    generalize pow (1 + u) k = G
    ring_by [G, η, a.magnitude, a.inherited, a.underflow, b.magnitude, b.inherited, b.underflow]
  value_le := le_trans (abs_add_le _ _) (add_le_add ha.value_le hb.value_le)
  inherited_nonneg := add_nonneg ha.inherited_nonneg hb.inherited_nonneg
  underflow_nonneg := add_nonneg ha.underflow_nonneg hb.underflow_nonneg
  nonneg s := by
    obtain ⟨s, s'⟩ := both_true s
    exact ⟨add_nonneg (ha.nonneg s).1 (hb.nonneg s').1, add_nonneg (ha.nonneg s).2 (hb.nonneg s').2⟩
  nonpos s := by
    obtain ⟨s, s'⟩ := both_true s
    have sum : ∀ {p q : K}, p ≤ 0 → q ≤ 0 → p + q ≤ 0 := fun hp hq => by
      have := add_le_add hp hq
      rwa [zero_add] at this
    exact ⟨sum (ha.nonpos s).1 (hb.nonpos s').1, sum (ha.nonpos s).2 (hb.nonpos s').2⟩

/-- A rounded sum. -/
theorem add (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) (hz : Correct u η (x + y) z) :
    IsWithin u η z (a.add b) :=
  (ha.exactAdd hc hb).round hc hz rfl (le_refl _) (le_refl _) (le_refl _)
    (show max a.terms b.terms + (a.additions + b.additions) + 1 ≤
      max a.terms b.terms + (a.additions + b.additions + 1) by omega) id id

/-- The number of opposite sign. -/
theorem neg (h : IsWithin u η x a) : IsWithin u η (0 - x) a.neg where
  error := by
    have e : 0 - x - (0 - a.value) = 0 - (x - a.value) := by ring_by [x, a.value]
    show abs (0 - x - (0 - a.value)) ≤ a.bound u η
    rw [e, abs_neg]
    exact h.error
  value_le := by
    show abs (0 - a.value) ≤ _
    rw [abs_neg]
    exact h.value_le
  inherited_nonneg := h.inherited_nonneg
  underflow_nonneg := h.underflow_nonneg
  nonneg s := ⟨neg_nonneg (h.nonpos s).1, neg_nonneg (h.nonpos s).2⟩
  nonpos s := ⟨neg_nonpos (h.nonneg s).1, neg_nonpos (h.nonneg s).2⟩

/-- A rounded difference: the sum with the number of opposite sign. -/
theorem sub (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) (hz : Correct u η (x - y) z) :
    IsWithin u η z (a.add b.neg) := by
  refine ha.add hc hb.neg ?_
  have e : x + (0 - y) = x - y := by ring_by [x, y]
  rwa [e]

/-- The exact product. -/
theorem exactMul (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) :
    IsWithin u η (x * y)
      { a.mul b with
        underflow := a.underflow * (b.magnitude + b.inherited) + b.underflow * (a.magnitude + a.inherited) +
          a.underflow * b.underflow
        terms := a.depth + b.depth } where
  error := error_of_add (by
    have hE := mul_nonneg ha.underflow_nonneg hb.underflow_nonneg
    refine le_trans (Approximates.abs_mul_sub_mul ha.value_le hb.value_le) ?_
    refine le_trans (mul_le_mul ha.error_add hb.error_add
      (mul_nonneg (Composite.growth_nonneg hc a) (ha.size_nonneg hc))
      (add_nonneg (abs_nonneg _) hb.magnitude_nonneg)) ?_
    unfold Composite.growth Composite.size
    show pow (1 + u) a.depth * (a.magnitude + a.inherited + a.underflow * η) *
      (pow (1 + u) b.depth * (b.magnitude + b.inherited + b.underflow * η)) ≤
      pow (1 + u) (a.depth + b.depth) * (a.magnitude * b.magnitude +
        (a.magnitude * b.inherited + a.inherited * b.magnitude + a.inherited * b.inherited) +
        (a.underflow * (b.magnitude + b.inherited) + b.underflow * (a.magnitude + a.inherited) +
          a.underflow * b.underflow) * η)
    rw [pow_add]
    have hG : 0 ≤ pow (1 + u) a.depth * pow (1 + u) b.depth :=
      mul_nonneg (Composite.growth_nonneg hc a) (Composite.growth_nonneg hc b)
    -- The difference is `G E F η (1 - η)`.
    refine le_of_eq_add (mul_nonneg hG (mul_nonneg (mul_nonneg hE hc.η_nonneg) (sub_nonneg hc.η_le_one))) ?_
    generalize pow (1 + u) a.depth = G
    generalize pow (1 + u) b.depth = H
    have e : a.magnitude * b.magnitude +
        (a.magnitude * b.inherited + a.inherited * b.magnitude + a.inherited * b.inherited) =
        (a.magnitude + a.inherited) * (b.magnitude + b.inherited) := by
      ring_by [a.magnitude, a.inherited, b.magnitude, b.inherited]
    rw [e]
    generalize a.magnitude + a.inherited = S
    generalize b.magnitude + b.inherited = T
    generalize a.underflow = E
    generalize b.underflow = F
    ring_by [G, H, η, S, T, E, F])
  value_le := by
    show abs (a.value * b.value) ≤ a.magnitude * b.magnitude
    rw [OrderedRingLaws.abs_mul]
    exact mul_le_mul ha.value_le hb.value_le ha.magnitude_nonneg (abs_nonneg _)
  inherited_nonneg := add_nonneg (add_nonneg (mul_nonneg ha.magnitude_nonneg hb.inherited_nonneg)
    (mul_nonneg ha.inherited_nonneg hb.magnitude_nonneg)) (mul_nonneg ha.inherited_nonneg hb.inherited_nonneg)
  underflow_nonneg := add_nonneg (add_nonneg
    (mul_nonneg ha.underflow_nonneg (add_nonneg hb.magnitude_nonneg hb.inherited_nonneg))
    (mul_nonneg hb.underflow_nonneg (add_nonneg ha.magnitude_nonneg ha.inherited_nonneg)))
    (mul_nonneg ha.underflow_nonneg hb.underflow_nonneg)
  nonneg s := by
    rcases one_true s with s | s <;> obtain ⟨s, s'⟩ := both_true s
    · exact ⟨mul_nonneg (ha.nonneg s).1 (hb.nonneg s').1, mul_nonneg (ha.nonneg s).2 (hb.nonneg s').2⟩
    · exact ⟨mul_nonneg_of_nonpos (ha.nonpos s).1 (hb.nonpos s').1,
        mul_nonneg_of_nonpos (ha.nonpos s).2 (hb.nonpos s').2⟩
  nonpos s := by
    rcases one_true s with s | s <;> obtain ⟨s, s'⟩ := both_true s
    · exact ⟨mul_nonpos (ha.nonneg s).1 (hb.nonpos s').1, mul_nonpos (ha.nonneg s).2 (hb.nonpos s').2⟩
    · rw [mul_comm x, show (a.mul b).value = b.value * a.value from mul_comm _ _]
      exact ⟨mul_nonpos (hb.nonneg s').1 (ha.nonpos s).1, mul_nonpos (hb.nonneg s').2 (ha.nonpos s).2⟩
where
  mul_nonpos {p q : K} (hp : 0 ≤ p) (hq : q ≤ 0) : p * q ≤ 0 :=
    le_of_eq_add (mul_nonneg hp (neg_nonneg hq)) (by ring_by [p, q])
  mul_nonneg_of_nonpos {p q : K} (hp : p ≤ 0) (hq : q ≤ 0) : 0 ≤ p * q :=
    le_trans (mul_nonneg (neg_nonneg hp) (neg_nonneg hq)) (le_of_eq (by ring_by [p, q]))

/-- A product that is not rounded, as in a fused multiply-add. -/
theorem unroundedMul (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) :
    IsWithin u η (x * y) (a.mul b) :=
  (ha.exactMul hc hb).mono hc rfl (le_refl _) (le_refl _) (le_add_right _ zero_le_one)
    (show a.depth + b.depth + 0 ≤ a.depth + b.depth + 1 + 0 by omega) id id

/-- A rounded product. -/
theorem mul (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) (hz : Correct u η (x * y) z) :
    IsWithin u η z (a.mul b) :=
  (ha.exactMul hc hb).round hc hz rfl (le_refl _) (le_refl _) (le_refl _)
    (show a.depth + b.depth + 0 + 1 ≤ a.depth + b.depth + 1 + 0 by omega) id id

/-- A fused multiply-add, rounded once. -/
theorem fused {w : K} (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) (hw : IsWithin u η w c)
    (hz : Correct u η (x * y + w) z) : IsWithin u η z ((a.mul b).add c) :=
  (ha.unroundedMul hc hb).add hc hw hz

/-- The absolute value. -/
theorem abs (h : IsWithin u η x a) : IsWithin u η (abs x) a.abs where
  error := le_trans (abs_abs_sub_abs_le x a.value) h.error
  value_le := by
    show Soundness.abs (Soundness.abs a.value) ≤ a.magnitude
    rcases le_total 0 a.value with s | s
    · rw [abs_of_nonneg s]
      exact h.value_le
    · rw [abs_of_nonneg (abs_nonneg a.value)]
      exact h.value_le
  inherited_nonneg := h.inherited_nonneg
  underflow_nonneg := h.underflow_nonneg
  nonneg _ := ⟨abs_nonneg x, abs_nonneg a.value⟩
  nonpos s := by
    obtain ⟨s, s'⟩ := both_true s
    have zero : ∀ {p : K}, 0 ≤ p → p ≤ 0 → Soundness.abs p ≤ 0 := fun hp hq => by
      rw [le_antisymm hq hp, OrderedRingLaws.abs_zero]
      exact le_refl 0
    exact ⟨zero (h.nonneg s).1 (h.nonpos s').1, zero (h.nonneg s).2 (h.nonpos s').2⟩
where
  abs_of_nonneg {p : K} (hp : 0 ≤ p) : Soundness.abs p = p :=
    le_antisymm (OrderedFieldLaws.abs_le_iff.mpr ⟨le_refl p, le_trans (neg_nonpos hp) hp⟩) (le_abs p)

/-- The greatest components of two numbers allow what each of them does. -/
theorem error_le_both (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) (v : K) :
    Soundness.abs (x - a.value) ≤ (Composite.both v a b).bound u η ∧
      Soundness.abs (y - b.value) ≤ (Composite.both v a b).bound u η :=
  ⟨le_trans ha.error (Composite.bound_le hc ha.magnitude_nonneg ha.inherited_nonneg ha.underflow_nonneg
      (le_max_left _ _) (le_max_left _ _) (le_max_left _ _)
      (show a.terms + a.additions ≤ Max.max a.terms b.terms + Max.max a.additions b.additions by omega)),
    le_trans hb.error (Composite.bound_le hc hb.magnitude_nonneg hb.inherited_nonneg hb.underflow_nonneg
      (le_max_right _ _) (le_max_right _ _) (le_max_right _ _)
      (show b.terms + b.additions ≤ Max.max a.terms b.terms + Max.max a.additions b.additions by omega))⟩

/-- Any number that is computed by moving no more than both do. -/
theorem both (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) {v : K}
    (lipschitz : ∀ d, Soundness.abs (x - a.value) ≤ d → Soundness.abs (y - b.value) ≤ d → Soundness.abs (z - v) ≤ d)
    (hz : z = x ∨ z = y) (hv : v = a.value ∨ v = b.value) : IsWithin u η z (.both v a b) where
  error := lipschitz _ (ha.error_le_both hc hb v).1 (ha.error_le_both hc hb v).2
  value_le := hv.elim (fun e => e ▸ le_trans ha.value_le (le_max_left _ _))
    fun e => e ▸ le_trans hb.value_le (le_max_right _ _)
  inherited_nonneg := le_trans ha.inherited_nonneg (le_max_left _ _)
  underflow_nonneg := le_trans ha.underflow_nonneg (le_max_left _ _)
  nonneg s := by
    obtain ⟨s, s'⟩ := both_true s
    exact ⟨hz.elim (fun e => e ▸ (ha.nonneg s).1) fun e => e ▸ (hb.nonneg s').1,
      hv.elim (fun e => e ▸ (ha.nonneg s).2) fun e => e ▸ (hb.nonneg s').2⟩
  nonpos s := by
    obtain ⟨s, s'⟩ := both_true s
    exact ⟨hz.elim (fun e => e ▸ (ha.nonpos s).1) fun e => e ▸ (hb.nonpos s').1,
      hv.elim (fun e => e ▸ (ha.nonpos s).2) fun e => e ▸ (hb.nonpos s').2⟩

theorem max_eq_or (x y : K) : Max.max x y = x ∨ Max.max x y = y :=
  (le_total x y).elim (fun h => Or.inr (max_eq_right h)) fun h => Or.inl (max_eq_left h)

/-- The greater of two numbers. -/
theorem max (hc : Constants u η) (ha : IsWithin u η x a) (hb : IsWithin u η y b) :
    IsWithin u η (Max.max x y) (.both (Max.max a.value b.value) a b) :=
  ha.both hc hb (fun _ => abs_max_sub_max_le) (max_eq_or x y) (max_eq_or _ _)

/-- A function of a number that may be off, computed with `k` roundings and `E` underflows. -/
theorem function (hc : Constants u η) {w f e : K} {k E : Nat} {nonneg nonpos : Bool}
    (spread : Soundness.abs (w - f) ≤ e)
    (hn : nonneg = true → 0 ≤ w ∧ 0 ≤ f) (hp : nonpos = true → w ≤ 0 ∧ f ≤ 0) (hz : Accurate u η k E w z) :
    IsWithin u η z (.result f e k E nonneg nonpos) := by
  have start : IsWithin u η w (Composite.result f e 0 0 nonneg nonpos) :=
    { error := error_of_add (by
        show _ ≤ (1 : K) * (Soundness.abs f + e + ofInt 0 * η)
        rw [BinaryLaws.ofInt_zero, zero_mul, add_zero, one_mul, add_comm (Soundness.abs f)]
        exact add_le_add spread (le_refl _))
      value_le := le_refl _
      inherited_nonneg := le_trans (abs_nonneg _) spread
      underflow_nonneg := ofInt_nonneg (Int.le_refl 0)
      nonneg := hn
      nonpos := hp }
  refine (start.accurate hc hz).mono hc rfl (le_refl _) (le_refl _) ?_ ?_ id id
  · show (ofInt 0 : K) + ofInt E ≤ ofInt E
    rw [BinaryLaws.ofInt_zero, zero_add]
    exact le_refl _
  · show 0 + k + 0 ≤ k + 0
    omega

end IsWithin

end Conform.Soundness

import Conform.Soundness.CompositeNumberProperties

/-!
# The value of the traced reading is the exact one

Main definition: `Conform.Soundness.HasValue`.
Main results: `Conform.Soundness.hasValue_respectsContext`, `Conform.Soundness.BackendArithmetic.error_le`.
-/

namespace Conform.Soundness

open Spec Spec.Laws Enclosure CompositeNumber

variable {K : Type} [Context K] [Abs K] [Binary K] {S : ErrorModel K} {β : Type} [Context β]

/-- The exact and the traced reading: where something is known, the value is the exact number. -/
def HasValue (v : K) (t : CompositeNumber S) : Prop := ∀ c, t.trace = some c → c.value = v

variable [OrderedFieldLaws K] {a c : Composite K}

omit [Context K] [Abs K] [Binary K] [OrderedFieldLaws K] in
theorem HasValue.lift {v w : K} {t : CompositeNumber S} {f : Composite K → Composite K} (ht : HasValue v t)
    (h : ∀ a : Composite K, a.value = v → (f a).value = w) : HasValue w (lift f t) := fun c e => by
  obtain ⟨a, ha, rfl⟩ := map_eq_some e
  exact h a (ht a ha)

omit [Context K] [Abs K] [Binary K] [OrderedFieldLaws K] in
theorem HasValue.lift₂ {v w z : K} {t t' : CompositeNumber S} {f : Composite K → Composite K → Composite K}
    (ht : HasValue v t) (ht' : HasValue w t') (h : ∀ a b : Composite K, a.value = v → b.value = w → (f a b).value = z) :
    HasValue z (lift₂ f t t') := fun c e => by
  obtain ⟨a, ha, e⟩ := bind_eq_some e
  obtain ⟨b, hb, rfl⟩ := map_eq_some e
  exact h a b (ht a ha) (ht' b hb)

omit [OrderedFieldLaws K] in
theorem value_applyTo {f : TableFunction} (h : applyTo S f a = some c) : c.value = f.apply a.value := by
  obtain ⟨s, -, rfl⟩ := map_eq_some h
  rfl

omit [OrderedFieldLaws K] in
theorem HasValue.apply {v : K} {t : CompositeNumber S} (f : TableFunction) (ht : HasValue v t) :
    HasValue (f.apply v) (CompositeNumber.apply f t) := fun c e => by
  obtain ⟨a, ha, e⟩ := bind_eq_some e
  rw [value_applyTo e, ht a ha]

omit [OrderedFieldLaws K] in
theorem hasValue_constant (v : K) : HasValue v (constant v : CompositeNumber S) := fun c e => by
  cases e
  rfl

omit [Binary K] [OrderedFieldLaws K] in
theorem hasValue_input (v : K) : HasValue v (input v : CompositeNumber S) := fun c e => by
  cases e
  rfl

theorem value_greater (a b : Composite K) : (greater S a b).value = max a.value b.value := by
  unfold greater
  split
  · split
    · next s => exact (max_eq_right s).symm
    · next s => exact (max_eq_left ((le_total _ _).resolve_left s)).symm
  · rfl

omit [Abs K] [Binary K] [OrderedFieldLaws K] in
/-- Comparisons of known numbers are those of their values. -/
theorem HasValue.le_iff {v w : K} {t t' : CompositeNumber S} (ht : HasValue v t) (ht' : HasValue w t')
    (hd : Decided t t') : v ≤ w ↔ ¬IsGreater t t' := by
  obtain ⟨a, b, ha, hb, -⟩ := hd
  rw [← ht a ha, ← ht' b hb]
  constructor
  · intro h ⟨a', b', h₁, h₂, s⟩
    rw [ha] at h₁
    rw [hb] at h₂
    cases h₁
    cases h₂
    exact s h
  · exact fun h => Classical.byContradiction fun s => h ⟨a, b, ha, hb, s⟩

omit [Abs K] [Binary K] [OrderedFieldLaws K] in
theorem CompositeNumber.Decided.symm {t t' : CompositeNumber S} : Decided t t' → Decided t' t
  | ⟨a, b, ha, hb, h⟩ => ⟨b, a, hb, ha, h.elim (fun e => Or.inl e.symm) fun e => Or.inr e.symm⟩

/-- **The value of the traced reading is the exact one**, for every field of `Context`. -/
theorem hasValue_respectsContext (hK : ExactReading K) :
    RespectsContext (HasValue : K → CompositeNumber S → Prop) Decided where
  default := fun c e => nomatch e
  one := hasValue_input 1
  zero := hasValue_input 0
  add ha hb := ha.lift₂ hb fun _ _ h h' => by
    rw [← h, ← h']
    rfl
  sub {v w t t'} ha hb := ha.lift₂ hb fun a b h h' => by
    rw [← h, ← h']
    show a.value + (0 - b.value) = a.value - b.value
    ring_by [a.value, b.value]
  mul ha hb := ha.lift₂ hb fun _ _ h h' => by
    rw [← h, ← h']
    rfl
  div ha hb := fun c e => by
    obtain ⟨a, h, e⟩ := bind_eq_some e
    obtain ⟨b, h', e⟩ := bind_eq_some e
    obtain ⟨s, -, rfl⟩ := map_eq_some e
    rw [← ha a h, ← hb b h']
    rfl
  neg ha := ha.lift fun _ h => by
    rw [hK.neg_eq, ← h]
    rfl
  pow {v w _ _} ha hb := fun c e => by
    obtain ⟨a, h, e⟩ := bind_eq_some e
    obtain ⟨b, h', e⟩ := bind_eq_some e
    unfold powTo at e
    split at e
    · cases e
    next s =>
      obtain ⟨l, hl, e⟩ := bind_eq_some e
      obtain ⟨p, hp, rfl⟩ := map_eq_some e
      rw [ha a h] at s
      show p.value = v ^ w
      rw [value_applyTo hp, hK.pow_eq v w s]
      show MathFunctions.exp (b.value * l.value) = _
      rw [value_applyTo hl, ha a h, hb b h']
      rfl
  max ha hb := ha.lift₂ hb fun a b h h' => by rw [value_greater, h, h']
  min ha hb := ha.lift₂ hb fun a b h h' => by
    show 0 - (greater S a.neg b.neg).value = _
    rw [value_greater, hK.min_eq, ← h, ← h']
    rfl
  exp ha := ha.apply .exp
  tanh ha := ha.apply .tanh
  cosh ha := ha.apply .cosh
  sqrt ha := ha.apply .sqrt
  abs ha := ha.lift fun _ h => by
    rw [hK.abs_eq, ← h]
    rfl
  log ha := ha.apply .log
  pi := hasValue_constant _
  cos ha := ha.apply .cos
  sin ha := ha.apply .sin
  sinh ha := ha.apply .sinh
  neg_point_five := hasValue_constant _
  neg_one := hasValue_constant _
  pointone := hasValue_constant _
  pointfive := hasValue_constant _
  two := hasValue_constant _
  three := hasValue_constant _
  four := hasValue_constant _
  five := hasValue_constant _
  ten := hasValue_constant _
  log10 := hasValue_constant _
  log10000 := hasValue_constant _
  epsilon := hasValue_constant _
  natCast n := by
    show HasValue _ (if S.represents n = true then _ else _ : CompositeNumber S)
    split
    · exact hasValue_input _
    · exact hasValue_constant _
  gt ha hb hd := by
    rw [hK.gt_iff, ha.le_iff hb hd]
    exact Classical.not_not
  le ha hb hd := ha.le_iff hb hd
  beq ha hb hd := eq_of_true_iff (by
    rw [hK.beq_iff, ha.le_iff hb hd, hb.le_iff ha hd.symm]
    exact decided_iff.symm)

omit [OrderedFieldLaws K] in
/-- From the two relations to the inequality that an element is judged by. -/
theorem BackendArithmetic.error_le {M : BackendArithmetic S β} {p : β} {v : K} {t : CompositeNumber S}
    (h : M.Near p t) (hv : HasValue v t) {c : Composite K} (known : t.trace = some c) :
    Abs.abs (M.value p - v) ≤ c.bound S.u S.η := by
  have := (h c known).error
  rwa [hv c known] at this

end Conform.Soundness

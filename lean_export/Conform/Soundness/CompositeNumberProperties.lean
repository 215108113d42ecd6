import Conform.Soundness.CompositeNumber

/-!
# Every field of `Context` keeps the bound

The rounded reading is near the traced one: this relation is kept by every field of `Context`, and so by every
definition that is built from them.

Main definition: `Conform.Soundness.BackendArithmetic.Near`.
Main result: `Conform.Soundness.BackendArithmetic.respectsContext`.
-/

namespace Conform.Soundness

open Spec Spec.Laws Enclosure CompositeNumber

variable {K : Type} [Context K] [Abs K] [Binary K] {S : ErrorModel K} {β : Type} [Context β]

/-- The rounded and the traced reading: where something is known, the number is within the bound. -/
def BackendArithmetic.Near (M : BackendArithmetic S β) (x : β) (t : CompositeNumber S) : Prop :=
  ∀ c, t.trace = some c → IsWithin S.u S.η (M.value x) c

theorem map_eq_some {α γ : Type} {o : Option α} {f : α → γ} {c : γ} (h : o.map f = some c) :
    ∃ a, o = some a ∧ f a = c := by
  cases o with
  | none => cases h
  | some a => exact ⟨a, rfl, Option.some.inj h⟩

theorem bind_eq_some {α γ : Type} {o : Option α} {f : α → Option γ} {c : γ} (h : o.bind f = some c) :
    ∃ a, o = some a ∧ f a = some c := by
  cases o with
  | none => cases h
  | some a => exact ⟨a, rfl, h⟩

theorem eq_of_true_iff {p q : Bool} (h : p = true ↔ q = true) : p = q := by
  cases p <;> cases q <;> simp_all

theorem of_decided {p : Prop} {_ : Decidable p} (h : decide p = true) : p := of_decide_eq_true h

theorem decided_iff {p : Prop} {_ : Decidable p} : decide p = true ↔ p := ⟨of_decide_eq_true, decide_eq_true⟩

variable [OrderedFieldLaws K] {x y z : K} {a b c : Composite K}

namespace IsWithin

theorem lower_le (h : IsWithin S.u S.η x a) : a.lower S ≤ x ∧ a.lower S ≤ a.value := by
  have near := (abs_sub_le_iff.mp h.error).1
  have self : a.value - a.bound S.u S.η ≤ a.value := le_of_eq_add h.bound_nonneg (by
    ring_by [a.value, a.bound S.u S.η])
  unfold Composite.lower
  split
  · next s => exact ⟨BinaryLaws.max_le_iff.mpr ⟨(h.nonneg s).1, near⟩, BinaryLaws.max_le_iff.mpr ⟨(h.nonneg s).2, self⟩⟩
  · exact ⟨near, self⟩

theorem le_upper (h : IsWithin S.u S.η x a) : x ≤ a.upper S ∧ a.value ≤ a.upper S := by
  have near := (abs_sub_le_iff.mp h.error).2
  have self : a.value ≤ a.value + a.bound S.u S.η := le_add_right _ h.bound_nonneg
  have turn : ∀ {p q : K}, p ≤ 0 → p ≤ q → p ≤ 0 - Max.max 0 (0 - q) := fun {p q} hp hq => by
    have := BinaryLaws.max_le_iff.mpr ⟨neg_nonneg hp, sub_le_sub (le_refl 0) hq⟩
    exact le_of_eq_add (sub_nonneg this) (by ring_by [p, Max.max 0 (0 - q)])
  unfold Composite.upper
  split
  · next s => exact ⟨turn (h.nonpos s).1 near, turn (h.nonpos s).2 self⟩
  · exact ⟨near, self⟩

/-- Of numbers that are apart, the computed ones compare as the exact ones. -/
theorem le_iff_of_apart (hx : IsWithin S.u S.η x a) (hy : IsWithin S.u S.η y b) (h : Apart S a b) :
    (x ≤ y ↔ a.value ≤ b.value) ∧ (y ≤ x ↔ b.value ≤ a.value) := by
  rcases h with ⟨ea, eb⟩ | h | h
  · rw [hx.eq_of_isExact ea, hy.eq_of_isExact eb]
    exact ⟨Iff.rfl, Iff.rfl⟩
  · -- Then the first is less.
    have less : ∀ {p q : K}, p ≤ a.upper S → b.lower S ≤ q → p ≤ q ∧ ¬q ≤ p := fun hp hq =>
      ⟨(le_total _ _).elim id fun s => absurd (le_trans hq (le_trans s hp)) h, fun s => h (le_trans hq (le_trans s hp))⟩
    have computed := less hx.le_upper.1 hy.lower_le.1
    have exact := less hx.le_upper.2 hy.lower_le.2
    exact ⟨⟨fun _ => exact.1, fun _ => computed.1⟩, ⟨fun s => absurd s computed.2, fun s => absurd s exact.2⟩⟩
  · have less : ∀ {p q : K}, q ≤ b.upper S → a.lower S ≤ p → q ≤ p ∧ ¬p ≤ q := fun hp hq =>
      ⟨(le_total _ _).elim id fun s => absurd (le_trans hq (le_trans s hp)) h, fun s => h (le_trans hq (le_trans s hp))⟩
    have computed := less hy.le_upper.1 hx.lower_le.1
    have exact := less hy.le_upper.2 hx.lower_le.2
    exact ⟨⟨fun s => absurd s computed.2, fun s => absurd s exact.2⟩, ⟨fun _ => exact.1, fun _ => computed.1⟩⟩

/-- The greater of two numbers. -/
theorem greater (hc : Constants S.u S.η) (hx : IsWithin S.u S.η x a) (hy : IsWithin S.u S.η y b) :
    IsWithin S.u S.η (Max.max x y) (greater S a b) := by
  unfold CompositeNumber.greater
  split
  · next h =>
    have order := (hx.le_iff_of_apart hy h).1
    split
    · next s =>
      rw [max_eq_right (order.mpr s)]
      exact hy
    · next s =>
      rw [max_eq_left ((le_total _ _).resolve_left fun s' => s (order.mp s'))]
      exact hx
  · exact hx.max hc hy

/-- A function. -/
theorem apply (hc : Constants S.u S.η) (hS : S.Encloses) {f : TableFunction} (hx : IsWithin S.u S.η x a)
    (h : applyTo S f a = some c)
    (hz : f.HasValue x → Accurate S.u S.η (S.table f).roundings (S.table f).underflows (f.apply x) z) :
    IsWithin S.u S.η z c := by
  obtain ⟨s, hs, rfl⟩ := map_eq_some h
  obtain ⟨value, near⟩ := hS.function hs x hx.lower_le.1 hx.le_upper.1
  exact IsWithin.function hc near
    (fun d => ⟨of_decided d x hx.lower_le.1 hx.le_upper.1, of_decided d _ hx.lower_le.2 hx.le_upper.2⟩)
    (fun d => ⟨of_decided d x hx.lower_le.1 hx.le_upper.1, of_decided d _ hx.lower_le.2 hx.le_upper.2⟩)
    (hz value)

/-- A quotient. -/
theorem div (hc : Constants S.u S.η) (hS : S.Encloses) (hx : IsWithin S.u S.η x a) (hy : IsWithin S.u S.η y b)
    (h : divTo S a b = some c)
    (hz : y ≠ 0 → Accurate S.u S.η S.division.roundings S.division.underflows (x / y) z) :
    IsWithin S.u S.η z c := by
  obtain ⟨s, hs, rfl⟩ := map_eq_some h
  obtain ⟨value, near⟩ := hS.quotient hs x y hx.lower_le.1 hx.le_upper.1 hy.lower_le.1 hy.le_upper.1
  exact IsWithin.function hc near
    (fun d => ⟨of_decided d x y hx.lower_le.1 hx.le_upper.1 hy.lower_le.1 hy.le_upper.1,
      of_decided d _ _ hx.lower_le.2 hx.le_upper.2 hy.lower_le.2 hy.le_upper.2⟩)
    (fun d => ⟨of_decided d x y hx.lower_le.1 hx.le_upper.1 hy.lower_le.1 hy.le_upper.1,
      of_decided d _ _ hx.lower_le.2 hx.le_upper.2 hy.lower_le.2 hy.le_upper.2⟩)
    (hz value)

/-- A power. -/
theorem pow (hc : Constants S.u S.η) (hK : ExactReading K) (hS : S.Encloses) (hx : IsWithin S.u S.η x a)
    (hy : IsWithin S.u S.η y b) (h : powTo S a b = some c)
    (hz : Positive x → Accurate S.u S.η S.power.roundings S.power.underflows (x ^ y) z) :
    IsWithin S.u S.η z c := by
  unfold powTo at h
  split at h
  · cases h
  obtain ⟨l, hl, h⟩ := bind_eq_some h
  obtain ⟨p, hp, rfl⟩ := map_eq_some h
  obtain ⟨s, hs, -⟩ := map_eq_some hl
  obtain ⟨positive, -⟩ := hS.function hs x hx.lower_le.1 hx.le_upper.1
  have accurate := hz positive
  rw [hK.pow_eq x y positive] at accurate
  have log := hx.apply hc hS hl fun _ => Accurate.exact hc.u_nonneg hc.η_nonneg _ _ (MathFunctions.log x)
  have product := hy.unroundedMul hc log
  obtain ⟨r, hr, e⟩ := map_eq_some hp
  obtain ⟨-, near⟩ := hS.function hr _ product.lower_le.1 product.le_upper.1
  subst e
  exact IsWithin.function hc near (fun d => nomatch d) (fun d => nomatch d) accurate

/-- A constant that is rounded once. -/
theorem constant (hc : Constants S.u S.η) (hz : Correct S.u S.η x z) :
    IsWithin S.u S.η z (.result x 0 1 1 false false) :=
  IsWithin.function hc (le_of_eq (by rw [sub_self, OrderedRingLaws.abs_zero])) (fun d => nomatch d) (fun d => nomatch d)
    hz

end IsWithin

namespace BackendArithmetic

variable (M : BackendArithmetic S β) {p q : β} {t t' : CompositeNumber S}

/-- An input is what it is. -/
theorem near_input (p : β) : M.Near p (input (M.value p)) := fun c h => by
  cases h
  exact IsWithin.input (fun d => of_decided d) fun d => of_decided d

theorem near_input_of_eq {v : K} (h : M.value p = v) : M.Near p (input v) := h ▸ M.near_input p

theorem near_constant (hc : Constants S.u S.η) {v : K} (h : Correct S.u S.η v (M.value p)) : M.Near p (constant v) :=
  fun c e => by
    cases e
    exact IsWithin.constant hc h

variable {M}

omit [OrderedFieldLaws K] in
theorem Near.lift {p q : β} {f : Composite K → Composite K} (hp : M.Near p t)
    (h : ∀ {a}, IsWithin S.u S.η (M.value p) a → IsWithin S.u S.η (M.value q) (f a)) :
    M.Near q (lift f t) := fun c e => by
  obtain ⟨a, ha, rfl⟩ := map_eq_some e
  exact h (hp a ha)

omit [OrderedFieldLaws K] in
theorem Near.lift₂ {p q r : β} {f : Composite K → Composite K → Composite K} (hp : M.Near p t) (hq : M.Near q t')
    (h : ∀ {a b}, IsWithin S.u S.η (M.value p) a → IsWithin S.u S.η (M.value q) b →
      IsWithin S.u S.η (M.value r) (f a b)) :
    M.Near r (lift₂ f t t') := fun c e => by
  obtain ⟨a, ha, e⟩ := bind_eq_some e
  obtain ⟨b, hb, rfl⟩ := map_eq_some e
  exact h (hp a ha) (hq b hb)

theorem Near.apply (hc : Constants S.u S.η) (hS : S.Encloses) {p : β} (f : TableFunction) (hp : M.Near p t) :
    M.Near (f.apply p) (CompositeNumber.apply f t) := fun c e => by
  obtain ⟨a, ha, e⟩ := bind_eq_some e
  exact (hp a ha).apply hc hS e (M.function f p)

/-- Decided comparisons come out alike. -/
theorem Near.le_iff {p q : β} (hp : M.Near p t) (hq : M.Near q t') (hd : Decided t t') :
    (M.value p ≤ M.value q ↔ ¬IsGreater t t') ∧ (M.value q ≤ M.value p ↔ ¬IsGreater t' t) := by
  obtain ⟨a, b, ha, hb, apart⟩ := hd
  have order := (hp a ha).le_iff_of_apart (hq b hb) apart
  have greater : ∀ {r r' : CompositeNumber S} {a b : Composite K}, r.trace = some a → r'.trace = some b →
      (IsGreater r r' ↔ ¬a.value ≤ b.value) := fun hr hr' =>
    ⟨fun ⟨a', b', h, h', s⟩ => by
      rw [hr] at h
      rw [hr'] at h'
      cases h
      cases h'
      exact s, fun s => ⟨_, _, hr, hr', s⟩⟩
  rw [greater ha hb, greater hb ha, order.1, order.2]
  exact ⟨Classical.not_not.symm, Classical.not_not.symm⟩

/-- **Every field of `Context` keeps the bound.** -/
theorem respectsContext (hc : Constants S.u S.η) (hK : ExactReading K) (hS : S.Encloses)
    (M : BackendArithmetic S β) : RespectsContext M.Near Decided where
  default := fun c e => nomatch e
  one := M.near_input_of_eq M.one
  zero := M.near_input_of_eq M.zero
  add hp hq := hp.lift₂ hq fun ha hb => ha.add hc hb (M.add _ _)
  sub hp hq := hp.lift₂ hq fun ha hb => ha.sub hc hb (M.sub _ _)
  mul hp hq := hp.lift₂ hq fun ha hb => ha.mul hc hb (M.mul _ _)
  div hp hq := fun c e => by
    obtain ⟨a, ha, e⟩ := bind_eq_some e
    obtain ⟨b, hb, e⟩ := bind_eq_some e
    exact (hp a ha).div hc hS (hq b hb) e (M.div _ _)
  neg hp := hp.lift fun ha => by
    rw [M.neg]
    exact ha.neg
  pow hp hq := fun c e => by
    obtain ⟨a, ha, e⟩ := bind_eq_some e
    obtain ⟨b, hb, e⟩ := bind_eq_some e
    exact (hp a ha).pow hc hK hS (hq b hb) e (M.pow _ _)
  max hp hq := hp.lift₂ hq fun ha hb => by
    rw [M.max]
    exact ha.greater hc hb
  min hp hq := hp.lift₂ hq fun ha hb => by
    rw [M.min, hK.min_eq]
    exact (ha.neg.greater hc hb.neg).neg
  exp hp := hp.apply hc hS .exp
  tanh hp := hp.apply hc hS .tanh
  cosh hp := hp.apply hc hS .cosh
  sqrt hp := hp.apply hc hS .sqrt
  abs hp := hp.lift fun ha => by
    rw [M.abs]
    exact ha.abs
  log hp := hp.apply hc hS .log
  pi := M.near_constant hc (M.pi.mono hc.u_nonneg hc.η_nonneg (Nat.le_refl 1) (Nat.zero_le 1))
  cos hp := hp.apply hc hS .cos
  sin hp := hp.apply hc hS .sin
  sinh hp := hp.apply hc hS .sinh
  neg_point_five := M.near_constant hc M.neg_point_five
  neg_one := M.near_constant hc M.neg_one
  pointone := M.near_constant hc M.pointone
  pointfive := M.near_constant hc M.pointfive
  two := M.near_constant hc M.two
  three := M.near_constant hc M.three
  four := M.near_constant hc M.four
  five := M.near_constant hc M.five
  ten := M.near_constant hc M.ten
  log10 := M.near_constant hc M.log10
  log10000 := M.near_constant hc M.log10000
  epsilon := M.near_constant hc M.epsilon
  natCast n := by
    show M.Near _ (if S.represents n = true then _ else _)
    split
    · next s => exact M.near_input_of_eq (M.natCast n s)
    · exact M.near_constant hc ((M.natCast_accurate n).mono hc.u_nonneg hc.η_nonneg (Nat.le_refl 1) (Nat.zero_le 1))
  gt hp hq hd := by
    rw [M.gt_iff, (hp.le_iff hq hd).1]
    exact Classical.not_not
  le hp hq hd := by
    rw [M.le_iff, (hp.le_iff hq hd).1]
    exact Iff.rfl
  beq hp hq hd := eq_of_true_iff (by
    rw [M.beq_iff, (hp.le_iff hq hd).1, (hp.le_iff hq hd).2]
    exact decided_iff.symm)

end BackendArithmetic

end Conform.Soundness

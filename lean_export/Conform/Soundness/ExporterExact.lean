import Conform.Soundness.Guarded

/-!
# The exporter's inputs, constants and exact numbers

Main results: `Conform.Soundness.tracks_ofExt`, `Conform.Soundness.tracks_ofNat`, `Conform.Soundness.tracks_ofBall`,
`Conform.Soundness.eq_of_exact`, `Conform.Soundness.isExact_decided`.
-/

namespace Conform.Soundness

open Enclosure Spec Spec.Laws Beyond

variable {K : Type} [Context K] [Abs K] [Binary K] [OrderedFieldLaws K] {s : Setting} {j : Nat} {m : Model} {β : Type}
  [Context β]

/-! ## Exact numbers -/

omit [Context K] [Abs K] [Binary K] [OrderedFieldLaws K] in
theorem mem_of_getElem? {α : Type} {c : α} : ∀ {as : List α} {j : Nat}, as[j]? = some c → c ∈ as
  | [], _, h => nomatch h
  | _ :: _, 0, h => by
    cases Option.some.inj h
    exact List.mem_cons_self
  | _ :: as, j + 1, h => List.mem_cons_of_mem _ (mem_of_getElem? (as := as) (j := j) h)

/-- Of an exact number, the computed one is the midpoint, and so is the value. -/
theorem eq_of_exact {x v : K} {g : Guarded s j} (h : Tracks j m x v g.number) (exact : g.IsExact) :
    x = toRing K g.number.value.mid ∧ v = toRing K g.number.value.mid := by
  obtain ⟨e, i, he, hi, ball, hv, near⟩ := h
  obtain ⟨value, errors⟩ := exact
  have member : e ∈ g.number.errors := mem_of_getElem? he
  have e0 := List.all_eq_true.mp errors e member
  obtain ⟨e0, inherited⟩ := both_true e0
  obtain ⟨depth, underflow⟩ := both_true e0
  have depth := of_decide_eq_true depth
  rw [hi] at inherited
  have inherited : Endpoint.finite i = .finite 0 := of_decide_eq_true inherited
  cases inherited
  have same := near.eq_of_isExact ⟨depth, toRing_zero K, toRing_isZero underflow⟩
  have mid : v = toRing K g.number.value.mid := by
    cases hc : g.number.value with
    | finite c =>
      rw [hc] at value hv
      exact eq_of_isExact value hv
    | negZero =>
      rw [hc] at hv
      exact (show v = 0 from hv).trans (toRing_zero K).symm
    | inf _ => rw [hc] at ball; cases ball
    | nan => rw [hc] at ball; cases ball
    | past _ => rw [hc] at ball; cases ball
  exact ⟨same.trans mid, mid⟩

omit [OrderedFieldLaws K] in
theorem isBall_of_tracks {x v : K} {b : Beyond s} (h : Tracks j m x v b) : b.value.isBall = true := by
  obtain ⟨_, _, _, _, ball, _, _⟩ := h
  exact ball

omit [Context K] [Abs K] [Binary K] [OrderedFieldLaws K] in
theorem hasNan_of_isBall {a b : Beyond s} (ha : a.value.isBall = true) (hb : b.value.isBall = true) :
    hasNan a b = false := by
  unfold hasNan
  dsimp only
  rw [decide_eq_false (ne_nan ha), decide_eq_false (ne_nan hb)]
  rfl

omit [Context K] [Abs K] [Binary K] [OrderedFieldLaws K] in
theorem isDecided_of_exact {g h : Guarded s j} (hg : g.IsExact) (hh : h.IsExact) :
    isDecided g.number h.number = true := by
  unfold isDecided
  dsimp only
  rw [hg.1, hg.2, hh.1, hh.2]
  rfl

omit [Context K] [Abs K] [Binary K] [OrderedFieldLaws K] in
theorem valueGt_of_isBall {a b : Beyond s} (ha : a.value.isBall = true) (hb : b.value.isBall = true) :
    valueGt a b = !(a.value.mid.ble b.value.mid) := by
  obtain ⟨va, _, _, _⟩ := a
  obtain ⟨vb, _, _, _⟩ := b
  cases va with
  | finite _ =>
    cases vb with
    | finite _ => rfl
    | negZero => rfl
    | inf _ => cases hb
    | nan => cases hb
    | past _ => cases hb
  | negZero =>
    cases vb with
    | finite _ => rfl
    | negZero => rfl
    | inf _ => cases hb
    | nan => cases hb
    | past _ => cases hb
  | inf _ => cases ha
  | nan => cases ha
  | past _ => cases ha

/-! ## The fields -/

omit [OrderedFieldLaws K] in
theorem table_accurate {name : String} {acc : Accuracy} (h : s.table.find? name = some acc) {x z : K}
    (hz : Accurate (m.u K) (m.η K) (tableEntry s name).roundings (tableEntry s name).underflows x z) :
    Accurate (m.u K) (m.η K) acc.roundings acc.underflows x z := by
  have e : tableEntry s name = ⟨acc.roundings, acc.underflows⟩ := by
    unfold tableEntry
    rw [h]
  rwa [e] at hz

/-- An input. -/
theorem tracks_ofExt (hj : s.models[j]? = some m) {x : Ext} (finite : x.isFinite = true) :
    Tracks j m (number K x) (number K x) (ofExt x : Beyond s) := by
  refine ⟨{ nonneg := !x.isBelowZero, nonpos := !x.isAboveZero }, 0, getElem?_map hj, rfl, ?_, ?_,
    IsWithin.exact (t := composite (number K x) (ofExt x : Beyond s)
      { nonneg := !x.isBelowZero, nonpos := !x.isAboveZero } 0) ⟨rfl, toRing_zero K, toRing_zero K⟩ ?_ ?_ ?_⟩
  · cases x with
    | finite _ => rfl
    | negZero => rfl
    | inf _ => cases finite
    | nan => cases finite
  · exact holds_ofExt ⟨finite, rfl⟩
  · exact le_of_eq (toRing_abs K _).symm
  · intro h
    cases x with
    | finite c =>
      refine toRing_nonneg (K := K) fun s => ?_
      have h : (!c.isNegative) = true := h
      rw [show c.isNegative = true from s] at h
      cases h
    | negZero => exact le_of_eq (toRing_zero K).symm
    | inf _ => cases finite
    | nan => cases finite
  · intro h
    cases x with
    | finite c =>
      have h : (!(!c.isNegative && !c.isZero)) = true := h
      cases hn : c.isNegative with
      | true => exact toRing_nonpos (K := K) hn
      | false =>
        rw [hn] at h
        cases hz : c.isZero with
        | true => exact le_of_eq (toRing_isZero hz)
        | false =>
          rw [hz] at h
          cases h
    | negZero => exact le_of_eq (toRing_zero K)
    | inf _ => cases finite
    | nan => cases finite

theorem toRing_dyadicOfInt (n : Int) : toRing K (.ofInt n) = ofInt n := by
  show toRing K (Dyadic.normalize n 0) = _
  rw [toRing_normalize, BinaryLaws.twoPow_zero, mul_one]

/-- A natural number, exact where the format has it and else rounded once. -/
theorem tracks_ofNat (hj : s.models[j]? = some m) (hc : Constants (m.u K) (m.η K)) {n : Nat} {z : K}
    (exact : m.format.represents (.finite (.ofInt n)) = true → z = ofInt n)
    (hz : Accurate (m.u K) (m.η K) 1 0 (ofInt n) z) : Tracks j m z (ofInt n) (ofNat n : Beyond s) := by
  have size : abs (ofInt (n : Int) : K) ≤ toRing K (ofNat n : Beyond s).magnitude := by
    refine le_trans (le_of_eq ?_) (le_roundUp _ _)
    show _ = toRing K ((Dyadic.ofInt n).abs + 0)
    rw [toRing_add, toRing_zero, add_zero, toRing_abs, toRing_dyadicOfInt]
  have nonneg : (0 : K) ≤ ofInt (n : Int) := ofInt_nonneg (Int.natCast_nonneg n)
  refine ⟨_, 0, getElem?_map hj, rfl, rfl, holds_exact_of_eq (toRing_dyadicOfInt _).symm, ?_⟩
  have nonpos : (!Ext.isAboveZero (.finite (.ofInt n))) = true → (ofInt (n : Int) : K) ≤ 0 := fun h => by
    rw [← toRing_dyadicOfInt]
    have h : (!(!(Dyadic.ofInt n).isNegative && !(Dyadic.ofInt n).isZero)) = true := h
    cases hn : (Dyadic.ofInt n).isNegative with
    | true => exact toRing_nonpos (K := K) hn
    | false =>
      rw [hn] at h
      cases hz : (Dyadic.ofInt n).isZero with
      | true => exact le_of_eq (toRing_isZero hz)
      | false =>
        rw [hz] at h
        cases h
  refine ((IsWithin.exact (t := {
      value := ofInt n
      magnitude := toRing K (ofNat n : Beyond s).magnitude
      inherited := 0
      underflow := 0
      nonneg := !Ext.isBelowZero (.finite (.ofInt n))
      nonpos := !Ext.isAboveZero (.finite (.ofInt n)) }) ⟨rfl, rfl, rfl⟩ size (fun _ => nonneg) nonpos).accurate hc
    (k := if m.format.represents (.finite (.ofInt n)) then 0 else 1) (E := 0) ?_).mono hc rfl (le_refl _)
    (le_of_eq (toRing_zero K).symm) (le_of_eq ?_) ?_ id id
  · split
    · next h =>
      rw [exact h]
      exact Accurate.exact hc.u_nonneg hc.η_nonneg _ _ _
    · exact hz
  · show (0 : K) + ofInt 0 = toRing K 0
    rw [BinaryLaws.ofInt_zero, toRing_zero, add_zero]
  · show 0 + (if m.format.represents (.finite (.ofInt n)) then 0 else 1) + 0 ≤
      (if (true && m.format.represents (.finite (.ofInt n))) = true then 0 else 1) + 0
    rw [Bool.true_and]
    omega

omit [OrderedFieldLaws K] in
/-- The greater, or the lesser, of exact numbers is one of them. -/
theorem tracks_select {x y v w : K} {g h : Guarded s j} (hx : Tracks j m x v g.number) (hy : Tracks j m y w h.number)
    (hg : g.IsExact) (hh : h.IsExact) (takeFirst : Bool) :
    select takeFirst g.number h.number = if takeFirst then g.number else h.number := by
  unfold select
  dsimp only
  rw [hasNan_of_isBall (isBall_of_tracks hx) (isBall_of_tracks hx),
    hasNan_of_isBall (isBall_of_tracks hy) (isBall_of_tracks hy), isDecided_of_exact hg hh]
  simp only [Bool.false_eq_true, ↓reduceIte]

/-- What `max` prefers, and `min` does not: the first is at least the second, and else at most. -/
theorem prefersFirst_iff {x y v w : K} {g h : Guarded s j} (hx : Tracks j m x v g.number)
    (hy : Tracks j m y w h.number) (hg : g.IsExact) (hh : h.IsExact) :
    (prefersFirst g.number h.number = true → y ≤ x) ∧ (prefersFirst g.number h.number = false → x ≤ y) := by
  have first := eq_of_exact hx hg
  have second := eq_of_exact hy hh
  have balls := valueGt_of_isBall (isBall_of_tracks hx) (isBall_of_tracks hy)
  have balls' := valueGt_of_isBall (isBall_of_tracks hy) (isBall_of_tracks hx)
  have order : ∀ {c d : Dyadic}, c.ble d = true → toRing K c ≤ toRing K d := fun h => (toRing_le K _ _).mp h
  have turned : ∀ {c d : Dyadic}, c.ble d = false → toRing K d ≤ toRing K c := fun {c d} h =>
    (le_total (toRing K d) (toRing K c)).elim id fun h' => by
      have := (toRing_le K c d).mpr h'
      rw [show c.ble d = true from this] at h
      cases h
  unfold prefersFirst
  rw [balls, balls', first.1, second.1]
  cases hb : g.number.value.mid.ble h.number.value.mid with
  | false => exact ⟨fun _ => turned hb, fun h => by cases h⟩
  | true =>
    refine ⟨fun s => ?_, fun _ => order hb⟩
    cases hb' : h.number.value.mid.ble g.number.value.mid with
    | true => exact order hb'
    | false =>
      rw [hb'] at s
      cases s

theorem isExact_decided {g h : Guarded s j} {x y v w : K} (hx : Tracks j m x v g.number)
    (hy : Tracks j m y w h.number) (hg : g.IsExact) (hh : h.IsExact) :
    gt g.number h.number = true ↔ ¬x ≤ y := by
  unfold gt
  rw [hasNan_of_isBall (isBall_of_tracks hx) (isBall_of_tracks hy), isDecided_of_exact hg hh,
    valueGt_of_isBall (isBall_of_tracks hx) (isBall_of_tracks hy), (eq_of_exact hx hg).1, (eq_of_exact hy hh).1,
    ← toRing_le]
  simp only [Bool.false_eq_true, ↓reduceIte]
  show (!Dyadic.ble _ _) = true ↔ ¬Dyadic.ble _ _ = true
  cases Dyadic.ble g.number.value.mid h.number.value.mid <;> simp

/-- A positive constant that is rounded once. -/
theorem tracks_ofBall (hj : s.models[j]? = some m) (hc : Constants (m.u K) (m.η K)) {c : ExtBall} {v z : K}
    (holds : c.Holds v) (inexact : c.isExact = false) (above : c.toExt.isAboveZero = true) (nonneg : 0 ≤ v)
    (hz : Accurate (m.u K) (m.η K) 1 0 v z) (ok : (ofBall c : Beyond s).Ordinary j) :
    Tracks j m z v (ofBall c : Beyond s) := by
  obtain ⟨ball, -⟩ := ok
  have ball : c.isBall = true := ball
  refine ⟨{
    terms := if c.isExact && m.format.represents c.toExt then 0 else 1
    nonneg := !c.toExt.isBelowZero
    nonpos := !c.toExt.isAboveZero }, 0, getElem?_map hj, rfl, ball, holds, ?_⟩
  refine ((IsWithin.exact (t := {
      value := v
      magnitude := toRing K (ofBall c : Beyond s).magnitude
      inherited := 0
      underflow := 0
      nonneg := !c.toExt.isBelowZero
      nonpos := !c.toExt.isAboveZero }) ⟨rfl, rfl, rfl⟩ (le_trans (abs_le_size ball holds) (le_roundUp _ _))
    (fun _ => nonneg) fun h => ?_).accurate hc hz).mono hc rfl (le_refl _) (le_of_eq (toRing_zero K).symm)
    (le_of_eq ?_) ?_ id id
  · have h : (!c.toExt.isAboveZero) = true := h
    rw [above] at h
    cases h
  · show (0 : K) + ofInt 0 = toRing K 0
    rw [BinaryLaws.ofInt_zero, toRing_zero, add_zero]
  · show 0 + 1 + 0 ≤ (if (c.isExact && m.format.represents c.toExt) = true then 0 else 1) + 0
    rw [inexact]
    exact Nat.le_refl 1

/-- Of the enclosure of π: it is no exact number, and all of it is positive. -/
theorem pi_positive : Enclosure.pi.isExact = false ∧ Enclosure.pi.toExt.isAboveZero = true ∧
    Enclosure.pi.isBall = true ∧ (!(Enclosure.pi.interval.getD .all).lower.isNegative) = true := by
  decide +kernel

end Conform.Soundness

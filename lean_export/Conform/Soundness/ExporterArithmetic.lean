import Conform.Enclosure.FunctionsProperties
import Conform.Soundness.ExporterErrors

/-!
# The exporter's sums and products keep the bound

Main definition: `Conform.Beyond.Ordinary`.
Main results: `Conform.Soundness.tracks_add`, `Conform.Soundness.tracks_mul`, `Conform.Soundness.tracks_neg`,
`Conform.Soundness.tracks_abs`.
-/

namespace Conform

/-- In the model of this place, the number is finite and something is known of it. -/
def Beyond.Ordinary {s : Setting} (j : Nat) (b : Beyond s) : Prop :=
  b.value.isBall = true ∧ ∃ e i, b.errors[j]? = some e ∧ e.inherited = .finite i

namespace Soundness

open Enclosure Spec Spec.Laws Beyond

/-! ## Lists -/

section Lists
variable {α β γ : Type} {f : α → β → γ} {c : γ}

theorem getElem?_zipWith : ∀ {as : List α} {bs : List β} {j : Nat}, (List.zipWith f as bs)[j]? = some c →
    ∃ a b, as[j]? = some a ∧ bs[j]? = some b ∧ f a b = c
  | [], _, _, h => nomatch h
  | _ :: _, [], _, h => nomatch h
  | a :: _, b :: _, 0, h => ⟨a, b, rfl, rfl, Option.some.inj h⟩
  | _ :: as, _ :: bs, j + 1, h => getElem?_zipWith (as := as) (bs := bs) (j := j) h

theorem getElem?_zip {a : α} {b : β} : ∀ {as : List α} {bs : List β} {j : Nat}, (as.zip bs)[j]? = some (a, b) →
    as[j]? = some a ∧ bs[j]? = some b
  | [], _, _, h => nomatch h
  | _ :: _, [], _, h => nomatch h
  | a :: _, b :: _, 0, h => by
    cases Option.some.inj h
    exact ⟨rfl, rfl⟩
  | _ :: as, _ :: bs, j + 1, h => getElem?_zip (as := as) (bs := bs) (j := j) h

theorem getElem?_map {g : α → β} {a : α} : ∀ {as : List α} {j : Nat}, as[j]? = some a → (as.map g)[j]? = some (g a)
  | [], _, h => nomatch h
  | _ :: _, 0, h => by
    cases Option.some.inj h
    rfl
  | _ :: as, j + 1, h => getElem?_map (as := as) (j := j) h

theorem getElem?_of_map {g : α → β} {b : β} : ∀ {as : List α} {j : Nat}, (as.map g)[j]? = some b →
    ∃ a, as[j]? = some a ∧ g a = b
  | [], _, h => nomatch h
  | a :: _, 0, h => ⟨a, rfl, Option.some.inj h⟩
  | _ :: as, j + 1, h => getElem?_of_map (as := as) (j := j) h

end Lists

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [OrderedFieldLaws K]
variable {s : Setting} {j : Nat} {m : Model} {x y z v w : K} {a b : Beyond s} {e f : Errors}

/-! ## Values -/

/-- An exact ball is its midpoint. -/
theorem eq_of_isExact {c : Ball} (exact : c.isExact = true) (h : c.Holds v) : v = toRing K c.mid := by
  have h : abs (v - toRing K c.mid) ≤ toRing K c.rad := h
  rw [toRing_isZero exact] at h
  obtain ⟨low, high⟩ := abs_sub_le_iff.mp h
  rw [add_zero] at high
  exact le_antisymm high (le_trans (le_of_eq (by ring_by [toRing K c.mid])) low)

theorem holds_ofExt {c : Ext} (h : ReadsValue c v) : (ExtBall.ofExt c).Holds v := by
  obtain ⟨finite, rfl⟩ := h
  cases c with
  | finite c => exact holds_exact c
  | negZero => exact toRing_zero K
  | inf _ => cases finite
  | nan => cases finite

omit [Add K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [OrderedFieldLaws K] in
/-- The midpoint of a ball, as a finite number. -/
theorem readsValue_toExt {c : ExtBall} (ball : c.isBall = true) : ReadsValue c.toExt (toRing K c.mid) := by
  cases c with
  | finite c => exact ⟨rfl, rfl⟩
  | negZero => exact ⟨rfl, rfl⟩
  | inf _ => cases ball
  | nan => cases ball
  | past _ => cases ball

/-- The sum of two balls. -/
theorem holds_extAdd {c d r : ExtBall} (hc : c.isBall = true) (hd : d.isBall = true) (h : c.add d = some r)
    (hv : c.Holds v) (hw : d.Holds w) : r.Holds (v + w) := by
  have zero : ∀ {p : K}, p = 0 → ReadsValue Ext.negZero p := fun h => ⟨rfl, (toRing_zero K).trans h.symm⟩
  cases c with
  | finite c =>
    cases d with
    | finite d =>
      have h : some (if c.isExact && d.isExact then ExtBall.ofExt (.finite c.mid + .finite d.mid)
        else .finite (c + d)) = some r := h
      rw [← Option.some.inj h]
      split
      · next exact =>
        obtain ⟨exact, exact'⟩ := both_true exact
        rw [eq_of_isExact exact hv, eq_of_isExact exact' hw]
        exact holds_ofExt (ReadsValue.add ⟨rfl, rfl⟩ ⟨rfl, rfl⟩)
      · exact holds_add (a := c) (b := d) hv hw
    | negZero =>
      have e : w = 0 := hw
      rw [← Option.some.inj (show some (ExtBall.finite c) = some r from h), e, add_zero]
      exact hv
    | inf _ => cases hd
    | nan => cases hd
    | past _ => cases hd
  | negZero =>
    cases d with
    | finite d =>
      have e : v = 0 := hv
      rw [← Option.some.inj (show some (ExtBall.finite d) = some r from h), e, zero_add]
      exact hw
    | negZero =>
      rw [← Option.some.inj (show some (ExtBall.ofExt (.negZero + .negZero)) = some r from h)]
      exact holds_ofExt (ReadsValue.add (zero hv) (zero hw))
    | inf _ => cases hd
    | nan => cases hd
    | past _ => cases hd
  | inf _ => cases hc
  | nan => cases hc
  | past _ => cases hc

/-- The product of two balls. -/
theorem holds_extMul {c d r : ExtBall} (hc : c.isBall = true) (hd : d.isBall = true) (h : c.mul d = some r)
    (hv : c.Holds v) (hw : d.Holds w) : r.Holds (v * w) := by
  have zero : ReadsValue Ext.negZero (0 : K) := ⟨rfl, toRing_zero K⟩
  cases c with
  | finite c =>
    cases d with
    | finite d =>
      have h : some (if c.isExact && d.isExact then ExtBall.ofExt (.finite c.mid * .finite d.mid)
        else .finite (c * d)) = some r := h
      rw [← Option.some.inj h]
      split
      · next exact =>
        obtain ⟨exact, exact'⟩ := both_true exact
        rw [eq_of_isExact exact hv, eq_of_isExact exact' hw]
        exact holds_ofExt (ReadsValue.mul ⟨rfl, rfl⟩ ⟨rfl, rfl⟩)
      · exact holds_mul (a := c) (b := d) hv hw
    | negZero =>
      have e : w = 0 := hw
      rw [← Option.some.inj (show some (ExtBall.ofExt (.finite c.mid * .negZero)) = some r from h), e, mul_zero,
        ← mul_zero (toRing K c.mid)]
      exact holds_ofExt (ReadsValue.mul ⟨rfl, rfl⟩ zero)
    | inf _ => cases hd
    | nan => cases hd
    | past _ => cases hd
  | negZero =>
    have e : v = 0 := hv
    cases d with
    | finite d =>
      rw [← Option.some.inj (show some (ExtBall.ofExt (.negZero * .finite d.mid)) = some r from h), e, zero_mul,
        ← zero_mul (toRing K d.mid)]
      exact holds_ofExt (ReadsValue.mul zero ⟨rfl, rfl⟩)
    | negZero =>
      rw [← Option.some.inj (show some (ExtBall.ofExt (.negZero * .negZero)) = some r from h), e, zero_mul,
        ← zero_mul (0 : K)]
      exact holds_ofExt (ReadsValue.mul zero zero)
    | inf _ => cases hd
    | nan => cases hd
    | past _ => cases hd
  | inf _ => cases hc
  | nan => cases hc
  | past _ => cases hc

/-- The ball of opposite sign. -/
theorem holds_extNeg {c : ExtBall} (hc : c.isBall = true) (hv : c.Holds v) :
    (-c).isBall = true ∧ (-c).Holds (0 - v) := by
  cases c with
  | finite c =>
    show (if c.isExact && c.mid.isZero then ExtBall.negZero else .finite (-c)).isBall = true ∧
      (if c.isExact && c.mid.isZero then ExtBall.negZero else .finite (-c)).Holds (0 - v)
    split
    · next h =>
      obtain ⟨exact, zero⟩ := both_true h
      refine ⟨rfl, ?_⟩
      show 0 - v = 0
      rw [eq_of_isExact exact hv, toRing_isZero zero, sub_self]
    · exact ⟨rfl, holds_neg (a := c) hv⟩
  | negZero =>
    have e : v = 0 := hv
    refine ⟨rfl, ?_⟩
    rw [e, sub_self]
    exact holds_exact_of_eq (toRing_zero K).symm
  | inf _ => cases hc
  | nan => cases hc
  | past _ => cases hc

/-! ## Operations -/

omit [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [OrderedFieldLaws K] in
/-- A number that is finite is not nan. -/
theorem isNan_of_isBall (h : a.value.isBall = true) : a.isNan e = false := by
  unfold Beyond.isNan
  cases hv : a.value with
  | finite _ => rfl
  | negZero => rfl
  | inf _ => rw [hv] at h; cases h
  | nan => rw [hv] at h; cases h
  | past _ => rw [hv] at h; cases h

theorem ne_nan {c : ExtBall} (h : c.isBall = true) : ¬c = .nan := fun e => by
  rw [e] at h
  cases h

/-- Nothing is known of what is unknown. -/
theorem not_ordinary_unknown : ¬(Beyond.unknown : Beyond s).Ordinary j := fun ⟨_, e, i, he, hi⟩ => by
  obtain ⟨_, _, rfl⟩ := getElem?_of_map (show (s.models.map fun _ => Errors.unknown)[j]? = some e from he)
  cases hi

theorem le_toRing_roundUp (x : Dyadic) {y : K} (h : y = toRing K x) : y ≤ toRing K (x.roundUp workingBits) :=
  h ▸ le_roundUp _ _

theorem tracks_add (hj : s.models[j]? = some m) (hc : Constants (m.u K) (m.η K)) (hx : Tracks j m x v a)
    (hy : Tracks j m y w b) (hz : Correct (m.u K) (m.η K) (x + y) z) (ok : (Beyond.add a b).Ordinary j) :
    Tracks j m z (v + w) (Beyond.add a b) := by
  obtain ⟨e, i, he, hi, balla, hv, near⟩ := hx
  obtain ⟨f, k, hf, hk, ballb, hw, near'⟩ := hy
  unfold Beyond.add at ok ⊢
  cases hr : a.value.add b.value with
  | none =>
    rw [hr] at ok
    exact absurd ok not_ordinary_unknown
  | some r =>
    rw [hr] at ok
    obtain ⟨ball, g, l, hg, hl⟩ := ok
    have ball : r.isBall = true := ball
    refine ⟨g, l, hg, hl, ball, holds_extAdd balla ballb hr hv hw, ?_⟩
    obtain ⟨m', p, hm, hp, rfl⟩ := getElem?_zipWith hg
    rw [hj] at hm
    obtain ⟨hp, hp'⟩ := getElem?_zip hp
    rw [he] at hp
    rw [hf] at hp'
    cases hm
    obtain ⟨p, q⟩ := p
    cases hp
    cases hp'
    dsimp only at hl ⊢
    rw [isNan_of_isBall balla, isNan_of_isBall ballb, decide_eq_false (ne_nan ball)] at hl ⊢
    simp only [Bool.or_self, Bool.false_and, Bool.false_eq_true, ↓reduceIte] at hl ⊢
    unfold Errors.add at hl ⊢
    rw [hi, hk] at hl ⊢
    cases hl
    refine (near.add hc near' hz).mono hc rfl (le_toRing_roundUp _ ?_) (le_toRing_roundUp _ ?_) (le_toRing_roundUp _ ?_)
      (Nat.le_refl _) id id
    · rw [toRing_add]; rfl
    · rw [toRing_add]; rfl
    · rw [toRing_add, toRing_add, toRing_one]; rfl

theorem tracks_neg (hx : Tracks j m x v a) : Tracks j m (0 - x) (0 - v) (Beyond.neg a) := by
  obtain ⟨e, i, he, hi, ball, hv, near⟩ := hx
  obtain ⟨ball', hv'⟩ := holds_extNeg ball hv
  exact ⟨e.neg, i, getElem?_map he, hi, ball', hv', near.neg⟩

theorem tracks_sub (hj : s.models[j]? = some m) (hc : Constants (m.u K) (m.η K)) (hx : Tracks j m x v a)
    (hy : Tracks j m y w b) (hz : Correct (m.u K) (m.η K) (x - y) z) (ok : (Beyond.add a (Beyond.neg b)).Ordinary j) :
    Tracks j m z (v - w) (Beyond.add a (Beyond.neg b)) := by
  have ex : x + (0 - y) = x - y := by ring_by [x, y]
  have ev : v + (0 - w) = v - w := by ring_by [v, w]
  have := tracks_add (z := z) hj hc hx (tracks_neg hy) (by rwa [ex]) ok
  rwa [ev] at this

theorem tracks_mul (hj : s.models[j]? = some m) (hc : Constants (m.u K) (m.η K)) (hx : Tracks j m x v a)
    (hy : Tracks j m y w b) (hz : Correct (m.u K) (m.η K) (x * y) z) (ok : (Beyond.mul a b).Ordinary j) :
    Tracks j m z (v * w) (Beyond.mul a b) := by
  obtain ⟨e, i, he, hi, balla, hv, near⟩ := hx
  obtain ⟨f, k, hf, hk, ballb, hw, near'⟩ := hy
  unfold Beyond.mul at ok ⊢
  cases hr : a.value.mul b.value with
  | none =>
    rw [hr] at ok
    exact absurd ok not_ordinary_unknown
  | some r =>
    rw [hr] at ok
    obtain ⟨ball, g, l, hg, hl⟩ := ok
    have ball : r.isBall = true := ball
    refine ⟨g, l, hg, hl, ball, holds_extMul balla ballb hr hv hw, ?_⟩
    obtain ⟨m', p, hm, hp, rfl⟩ := getElem?_zipWith hg
    rw [hj] at hm
    obtain ⟨hp, hp'⟩ := getElem?_zip hp
    rw [he] at hp
    rw [hf] at hp'
    cases hm
    obtain ⟨p, q⟩ := p
    cases hp
    cases hp'
    dsimp only at hl ⊢
    rw [isNan_of_isBall balla, isNan_of_isBall ballb, if_neg (ne_nan ball)] at hl ⊢
    simp only [Bool.or_self, Bool.false_eq_true, ↓reduceIte] at hl ⊢
    unfold Beyond.mulErrors at hl ⊢
    rw [hi, hk] at hl ⊢
    cases hI : a.interval m p with
    | none => rw [hI] at hl; cases hl
    | some I =>
      cases hJ : b.interval m q with
      | none => rw [hI, hJ] at hl; cases hl
      | some J =>
        rw [hI, hJ] at hl
        dsimp only at hl ⊢
        cases ho : Beyond.overflowOfProduct I J with
        | none => rw [ho] at hl; cases hl
        | some o =>
          rw [ho] at hl
          obtain ⟨plus, minus⟩ := o
          cases hl
          refine (near.mul hc near' hz).mono hc rfl (le_toRing_roundUp _ ?_) (le_toRing_roundUp _ ?_)
            (le_toRing_roundUp _ ?_) (Nat.le_refl _) id id
          · rw [toRing_mul]; rfl
          · rw [toRing_add, toRing_add, toRing_mul, toRing_mul, toRing_mul]; rfl
          · simp only [toRing_add, toRing_mul, toRing_one]; rfl

theorem tracks_abs (hx : Tracks j m x v a) : Tracks j m (abs x) (abs v) (Beyond.abs a) := by
  obtain ⟨e, i, he, hi, ball, hv, near⟩ := hx
  refine ⟨_, i, getElem?_map he, hi, ?_⟩
  obtain ⟨value, magnitude, errors, constant⟩ := a
  cases value with
  | finite c =>
    refine ⟨rfl, ?_, near.abs⟩
    have moved : abs (abs v - abs (toRing K c.mid)) ≤ toRing K c.rad := le_trans (abs_abs_sub_abs_le _ _) hv
    show (if c.mid.isNegative then -c else c).Holds (abs v)
    split
    · next h =>
      show abs (abs v - toRing K (-c.mid)) ≤ toRing K c.rad
      rwa [toRing_neg, ← toRing_abs_of_neg h, toRing_abs]
    · next h =>
      show abs (abs v - toRing K c.mid) ≤ toRing K c.rad
      rwa [← toRing_abs, toRing_abs_of_nonneg h] at moved
  | negZero =>
    refine ⟨rfl, ?_, near.abs⟩
    have e : v = 0 := hv
    rw [e, OrderedRingLaws.abs_zero]
    exact holds_exact_of_eq (toRing_zero K).symm
  | inf _ => cases ball
  | nan => cases ball
  | past _ => cases ball

end Soundness

end Conform

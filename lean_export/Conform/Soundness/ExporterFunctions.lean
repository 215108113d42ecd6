import Conform.Soundness.ExporterArithmetic

/-!
# The exporter's functions keep the bound

Main definition: `Conform.Beyond.Function.Encloses`.
Main result: `Conform.Soundness.tracks_apply`.
-/

namespace Conform

open Soundness Enclosure Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- What a function of the exporter knows is true of `g`: its value of an exact number, its image of an interval where
it is defined and has a lower end, and how far values are apart at most, where it says so. `HasValue` is where `g`
has one. -/
structure Beyond.Function.Encloses (f : Beyond.Function) (HasValue : K → Prop) (g : K → K) : Prop where
  value : ∀ x : Ext, x.isFinite = true → (f.value x).settle.isBall = true →
    HasValue (number K x) ∧ (f.value x).Holds (g (number K x))
  image : ∀ {I : Interval} {x : K}, Holds I x → f.defined I = true → (f.image I).lower ≠ .inf true →
    HasValue x ∧ Holds (f.image I) (g x)
  spread : ∀ {d size e : Dyadic} {I : Interval} {x v : K}, f.spread d size = some (I, e) →
    Abs.abs (x - v) ≤ toRing K d → Abs.abs (g v) ≤ toRing K size →
    HasValue x ∧ Abs.abs (g x - g v) ≤ toRing K e ∧ Holds I (g x) ∧ Holds I (g v)

namespace Soundness

open Beyond

variable [OrderedFieldLaws K] {s : Setting} {j : Nat} {m : Model} {x y z v w : K} {a b : Beyond s} {e : Errors}
  {I : Interval}

/-! ## Intervals and balls -/

theorem holds_settle {c : ExtBall} (h : c.Holds v) : c.settle.Holds v := by
  unfold ExtBall.settle
  split
  · exact holds_ofBounds h.below h.above
  · exact h

theorem holds_ofRange (h : Holds I v) : (ExtBall.ofRange I).Holds v := holds_settle (holds_ofInterval h)

theorem nonneg_of_holds (h : Holds I v) (sign : (!I.lower.isNegative) = true) : 0 ≤ v := by
  have below := h.below
  cases hl : I.lower with
  | finite c =>
    rw [hl] at below sign
    refine le_trans (toRing_nonneg (K := K) (x := c) fun s => ?_) below
    rw [show Endpoint.isNegative (.finite c) = true from s] at sign
    cases sign
  | inf negative =>
    rw [hl] at below sign
    have e : negative = true := below
    subst e
    cases sign

theorem nonpos_of_holds (h : Holds I v) (sign : (!I.upper.isPositive) = true) : v ≤ 0 := by
  have := nonneg_of_holds h.neg sign
  exact le_of_eq_add this (by ring_by [v])

/-- The greatest distance of an interval. -/
theorem le_distance {c D : Dyadic} (h : Holds I v) (hd : I.distance c = .finite D) :
    abs (v - toRing K c) ≤ toRing K D := by
  have up : Above (I.upper.map (· - c)) (v - toRing K c) := h.above.map fun z hz => by
    rw [toRing_sub]
    exact sub_le_sub hz (le_refl _)
  have down : Below (I.lower.map (· - c)) (v - toRing K c) := h.below.map fun z hz => by
    rw [toRing_sub]
    exact sub_le_sub hz (le_refl _)
  have first : Above (I.distance c) (v - toRing K c) := above_max (Or.inl up)
  have second : Above (I.distance c) (0 - (v - toRing K c)) := above_max (Or.inr down.neg)
  rw [hd] at first second
  exact OrderedFieldLaws.abs_le_iff.mpr ⟨first, second⟩

/-- An interval of one number. -/
theorem eq_of_isPoint (point : isPoint I = true) (hx : Holds I x) (hy : Holds I y) :
    x = y := by
  have e : I.lower = I.upper := of_decide_eq_true point
  have bx := hx.below
  have ax := hx.above
  have bY := hy.below
  have aY := hy.above
  rw [← e] at ax aY
  cases hl : I.lower with
  | finite c =>
    rw [hl] at bx ax bY aY
    exact le_antisymm (le_trans ax bY) (le_trans aY bx)
  | inf negative =>
    rw [hl] at bx ax
    have t : negative = true := bx
    have f : negative = false := ax
    rw [t] at f
    cases f

theorem holds_getD {r : ExtBall} (ball : r.isBall = true) (h : r.Holds v) : Holds (r.interval.getD .all) v := by
  cases r with
  | finite c => exact Enclosure.holds_interval (b := c) h
  | negZero =>
    have e : v = 0 := h
    rw [e, ← toRing_zero K]
    exact holds_point 0
  | inf _ => cases ball
  | nan => cases ball
  | past _ => cases ball

theorem abs_le_size {r : ExtBall} (ball : r.isBall = true) (h : r.Holds v) : abs v ≤ toRing K r.size := by
  have near := holds_mid ball h
  cases r with
  | finite c =>
    show abs v ≤ toRing K (c.mid.abs + c.rad)
    rw [toRing_add, toRing_abs, add_comm]
    exact le_trans (abs_le_abs_sub_add v (toRing K c.mid)) (add_le_add near (le_refl _))
  | negZero =>
    have e : v = 0 := h
    rw [e, OrderedRingLaws.abs_zero]
    exact le_of_eq (toRing_zero K).symm
  | inf _ => cases ball
  | nan => cases ball
  | past _ => cases ball

omit [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [OrderedFieldLaws K] in
theorem lower_of_isBall (h : (ExtBall.ofRange I).isBall = true) : I.lower ≠ .inf true := fun e => by
  obtain ⟨lower, upper⟩ := I
  have e : lower = .inf true := e
  subst e
  cases h

omit [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [OrderedFieldLaws K] in
theorem lower_of_distance {c D : Dyadic} (h : I.distance c = .finite D) : I.lower ≠ .inf true := fun e => by
  unfold Interval.distance Endpoint.max at h
  rw [e] at h
  have top : ∀ a : Endpoint, a.ble (-Endpoint.map (fun x => x - c) (.inf true)) = true := fun a => by
    cases a with
    | finite _ => rfl
    | inf s => cases s <;> rfl
  rw [top, if_pos rfl] at h
  cases h

/-- A function of a ball. -/
theorem holds_at {f : Beyond.Function} {P : K → Prop} {g : K → K} (hf : f.Encloses P g) {c r : ExtBall}
    (ball : c.isBall = true) (ball' : r.isBall = true) (hr : f.at c = some r) (h : c.Holds v) :
    P v ∧ r.Holds (g v) := by
  cases c with
  | finite c =>
    unfold Beyond.Function.at at hr
    dsimp only at hr
    split at hr
    · next exact =>
      rw [← Option.some.inj hr] at ball' ⊢
      obtain ⟨value, holds⟩ := hf.value (.finite c.mid) rfl ball'
      rw [eq_of_isExact exact h]
      exact ⟨value, holds_settle holds⟩
    · split at hr
      · next defined =>
        rw [← Option.some.inj hr] at ball' ⊢
        obtain ⟨value, holds⟩ := hf.image (Enclosure.holds_interval (b := c) h) defined (lower_of_isBall ball')
        exact ⟨value, holds_ofRange holds⟩
      · split at hr
        · rw [← Option.some.inj hr] at ball'
          cases ball'
        · cases hr
  | negZero =>
    have hr : some (f.value .negZero).settle = some r := hr
    rw [← Option.some.inj hr] at ball' ⊢
    obtain ⟨value, holds⟩ := hf.value .negZero rfl ball'
    have e : v = number K .negZero := (show v = 0 from h).trans (toRing_zero K).symm
    rw [e]
    exact ⟨value, holds_settle holds⟩
  | inf _ => cases ball
  | nan => cases ball
  | past _ => cases ball

/-! ## What a function starts with -/

omit [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [OrderedFieldLaws K] in
theorem startErrors_known {name : String} {inherited : Endpoint} {l : Dyadic}
    (h : (startErrors (s := s) name I inherited).inherited = .finite l) :
    ∃ acc i, s.table.find? name = some acc ∧ inherited = .finite i ∧ startErrors (s := s) name I inherited =
      { terms := acc.roundings, underflow := .ofInt acc.underflows, inherited := .finite (i.roundUp workingBits)
        nonneg := !I.lower.isNegative, nonpos := !I.upper.isPositive } := by
  cases inherited with
  | inf _ => cases h
  | finite i =>
    cases hf : s.table.find? name with
    | none =>
      unfold startErrors at h
      rw [hf] at h
      cases h
    | some acc =>
      refine ⟨acc, i, rfl, rfl, ?_⟩
      unfold startErrors
      rw [hf]

/-- A new term with what it inherits. -/
theorem isWithin_start (hc : Constants (m.u K) (m.η K)) {name : String} {i l : Dyadic} {r : ExtBall} {constant : Bool}
    {errors : List Errors} (hl : (startErrors (s := s) name I (.finite i)).inherited = .finite l)
    (ball : r.isBall = true) (hr : r.Holds w) (hy : Holds I y) (hw : Holds I w) (near : abs (y - w) ≤ toRing K i)
    (hz : ∀ acc, s.table.find? name = some acc → Accurate (m.u K) (m.η K) acc.roundings acc.underflows y z) :
    IsWithin (m.u K) (m.η K) z (composite (s := s) w ⟨r, r.size.roundUp workingBits, errors, constant⟩
      (startErrors (s := s) name I (.finite i)) l) := by
  obtain ⟨acc, i', hacc, hi, shape⟩ := startErrors_known hl
  cases hi
  rw [shape] at hl ⊢
  cases hl
  refine (IsWithin.function hc near (nonneg := !I.lower.isNegative) (nonpos := !I.upper.isPositive)
    (fun s => ⟨nonneg_of_holds hy s, nonneg_of_holds hw s⟩) (fun s => ⟨nonpos_of_holds hy s, nonpos_of_holds hw s⟩)
    (hz acc hacc)).mono hc rfl (le_trans (abs_le_size ball hr) (le_roundUp _ _)) (le_roundUp _ _) (le_of_eq ?_)
    (Nat.le_refl _) id id
  show ofInt (acc.underflows : Int) = toRing K (Dyadic.normalize acc.underflows 0)
  rw [toRing_normalize, BinaryLaws.twoPow_zero, mul_one]

/-- The same, where the image of the argument's interval says how far values may be apart. -/
theorem isWithin_startImage (hc : Constants (m.u K) (m.η K)) {name : String} {l : Dyadic} {r : ExtBall}
    {constant : Bool} {errors : List Errors} (hl : (startImage (s := s) name r I).inherited = .finite l)
    (ball : r.isBall = true) (hr : r.Holds w) (hy : Holds I y) (hw : Holds I w)
    (hz : ∀ acc, s.table.find? name = some acc → Accurate (m.u K) (m.η K) acc.roundings acc.underflows y z) :
    IsWithin (m.u K) (m.η K) z (composite (s := s) w ⟨r, r.size.roundUp workingBits, errors, constant⟩
      (startImage (s := s) name r I) l) := by
  unfold startImage at hl ⊢
  rw [if_pos ball] at hl ⊢
  cases hd : I.distance r.mid with
  | inf _ =>
    rw [hd] at hl
    cases hl
  | finite D =>
    rw [hd] at hl
    refine isWithin_start hc (i := D + r.rad) hl ball hr hy hw ?_ hz
    rw [toRing_add]
    refine le_trans (abs_sub_le y (toRing K r.mid) w) (add_le_add (le_distance hy hd) ?_)
    rw [abs_sub_comm]
    exact holds_mid ball hr

/-- **A function keeps the bound.** -/
theorem tracks_apply (hj : s.models[j]? = some m) (hc : Constants (m.u K) (m.η K)) {f : Beyond.Function}
    {P : K → Prop} {g : K → K} (hf : f.Encloses P g) (hx : Tracks j m x v a)
    (hz : ∀ acc, s.table.find? f.name = some acc → P x →
      Accurate (m.u K) (m.η K) acc.roundings acc.underflows (g x) z)
    (ok : (Beyond.apply f a).Ordinary j) : Tracks j m z (g v) (Beyond.apply f a) := by
  obtain ⟨e, i, he, hi, balla, hv, near⟩ := hx
  unfold Beyond.apply at ok ⊢
  cases hr : f.at a.value with
  | none =>
    rw [hr] at ok
    exact absurd ok not_ordinary_unknown
  | some r =>
    rw [hr] at ok
    obtain ⟨ball, k, l, hk, hl⟩ := ok
    have ball : r.isBall = true := ball
    obtain ⟨hPv, holds⟩ := holds_at hf balla ball hr hv
    refine ⟨k, l, hk, hl, ball, holds, ?_⟩
    obtain ⟨m', e', hm, he', rfl⟩ := getElem?_zipWith hk
    rw [hj] at hm
    rw [he] at he'
    cases hm
    cases he'
    dsimp only at hl ⊢
    rw [isNan_of_isBall balla] at hl ⊢
    simp only [Bool.false_eq_true, ↓reduceIte] at hl ⊢
    cases hI : a.interval m e with
    | none =>
      rw [hI] at hl
      cases hl
    | some I =>
      rw [hI] at hl
      dsimp only at hl ⊢
      obtain ⟨inx, inv⟩ := Soundness.holds_interval balla hv hi near hc.η_nonneg hI
      by_cases point : isPoint I = true
      · rw [if_pos point] at hl ⊢
        have same := eq_of_isPoint point inx inv
        refine isWithin_start hc hl ball holds (y := g x) ?_ (holds_getD ball holds) ?_ fun acc h =>
          hz acc h (by rwa [same])
        · rw [same]
          exact holds_getD ball holds
        · rw [same, sub_self, OrderedRingLaws.abs_zero, toRing_zero]
          exact le_refl 0
      · rw [if_neg point, if_neg (ne_nan ball)] at hl ⊢
        by_cases defined : f.defined I = true
        · rw [defined] at hl ⊢
          simp only [Bool.not_true, Bool.false_eq_true, ↓reduceIte] at hl ⊢
          revert hl
          split
          · next J d' hnear =>
            intro hl
            have found : ∃ d, Errors.error m a.magnitude a.value.rad e = some d ∧
                f.spread d (r.size.roundUp workingBits) = some (J, d') := by
              split at hnear
              · next hd =>
                rw [if_pos ball] at hnear
                exact ⟨_, hd, hnear⟩
              · cases hnear
            obtain ⟨d, hd, hs⟩ := found
            have total := bound_add_le hi near hd hc.η_nonneg
            have apart := le_trans near.error (le_trans (le_add_right _ (le_trans (abs_nonneg _) (holds_mid balla hv)))
              total)
            obtain ⟨hPx, far, hJx, hJv⟩ := hf.spread hs apart (le_trans (abs_le_size ball holds) (le_roundUp _ _))
            exact isWithin_start hc hl ball holds hJx hJv far fun acc h => hz acc h hPx
          · intro hl
            have finite : (f.image I).lower ≠ .inf true := by
              cases hd : (f.image I).distance r.mid with
              | finite D => exact lower_of_distance hd
              | inf _ =>
                unfold startImage at hl
                rw [if_pos ball, hd] at hl
                cases hl
            obtain ⟨hPx, imagex⟩ := hf.image inx defined finite
            obtain ⟨-, imagev⟩ := hf.image inv defined finite
            exact isWithin_startImage hc hl ball holds imagex imagev fun acc h => hz acc h hPx
        · rw [Bool.not_eq_true] at defined
          rw [defined] at hl
          cases hl

end Soundness

end Conform

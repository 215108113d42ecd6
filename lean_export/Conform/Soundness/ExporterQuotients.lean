import Conform.Enclosure.ImageQuotientProperties
import Conform.Soundness.ExporterFunctions

/-!
# The exporter's quotients keep the bound

Main result: `Conform.Soundness.tracks_div`.
-/

namespace Conform.Soundness

open Enclosure Spec Spec.Laws Beyond

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [OrderedFieldLaws K]
variable {s : Setting} {j : Nat} {m : Model} {x y z v w q : K} {a b : Beyond s} {I J : Interval}

theorem positive_of_mantissa {c : Dyadic} (h : (-c).isNegative = true) : Positive (toRing K c) := by
  have m := of_decide_eq_true h
  have e : (-c).mantissa = -c.mantissa := rfl
  have n : 0 < c.mantissa := by omega
  exact (positive_ofInt (K := K) n).mul (positive_twoPow c.exponent)

theorem ne_zero_of_isPositive (h : Holds J w) (s : J.lower.isPositive = true) : w ≠ 0 := by
  have below := h.below
  cases hl : J.lower with
  | finite c =>
    rw [hl] at below s
    exact ((positive_of_mantissa s).of_le below).ne_zero
  | inf negative =>
    rw [hl] at below s
    have e : negative = true := below
    subst e
    cases s

/-- A number of an interval that does not hold zero. -/
theorem ne_zero_of_holds (h : Holds J w) (s : J.hasZero = false) : w ≠ 0 := by
  have split : J.lower.isPositive = true ∨ J.upper.isNegative = true := by
    have s : (!J.lower.isPositive && !J.upper.isNegative) = false := s
    revert s
    cases J.lower.isPositive <;> cases J.upper.isNegative <;> simp
  rcases split with s | s
  · exact ne_zero_of_isPositive h s
  · have turned : (-J).lower.isPositive = true := by
      show (-(-J.upper)).isNegative = true
      have twice : -(-J.upper) = J.upper := by
        cases J.upper with
        | finite z =>
          show Endpoint.finite ⟨- -z.mantissa, z.exponent⟩ = _
          rw [Int.neg_neg]
        | inf negative =>
          show Endpoint.inf (!(!negative)) = _
          rw [Bool.not_not]
      rwa [twice]
    intro e
    refine ne_zero_of_isPositive h.neg turned ?_
    rw [e, sub_self]

/-- Zero over a number. -/
theorem holds_div_zero {c : Ext} (finite : c.isFinite = true) (zero : c.finitePart.isZero = true) (d : Dyadic)
    (ball : (Enclosure.div c (.finite d)).settle.isBall = true) : (Enclosure.div c (.finite d)).Holds (0 : K) := by
  have shape : ∃ negative, Enclosure.div c (.finite d) =
      if d.isZero then if c.finitePart.isZero then ExtBall.nan else .inf negative
      else if c.finitePart.isZero then .zeroOf negative
      else ofInterval (divInterval c.finitePart d) := by
    cases c with
    | finite _ => exact ⟨_, rfl⟩
    | negZero => exact ⟨_, rfl⟩
    | inf _ => cases finite
    | nan => cases finite
  obtain ⟨negative, shape⟩ := shape
  rw [shape, zero] at ball ⊢
  cases hd : d.isZero with
  | true =>
    rw [hd] at ball
    cases ball
  | false => exact holds_zeroOf negative rfl

/-- The quotient of two balls; `q` is the number whose product with the divisor is the dividend. -/
theorem holds_divValue {c d r : ExtBall} (hc : c.isBall = true) (hd : d.isBall = true) (ball : r.isBall = true)
    (h : divValue c d = some r) (hv : c.Holds v) (hw : d.Holds w) (nonzero : w ≠ 0) (hq : q * w = v) : r.Holds q := by
  have qzero : v = 0 → q = 0 := fun e => eq_zero_of_mul nonzero (by rw [hq, e])
  cases d with
  | negZero => exact absurd hw nonzero
  | inf _ => cases hd
  | nan => cases hd
  | past _ => cases hd
  | finite d =>
    cases c with
    | finite c =>
      have h : (if (c.isExact && (c.mid.isZero || d.isExact) || d.isExact && d.mid.isZero) = true then
          some (Enclosure.div (.finite c.mid) (.finite d.mid)).settle
        else if d.interval.hasZero = true then none
        else some (ExtBall.ofRange (c.interval.div d.interval))) = some r := h
      split at h
      · next exact =>
        rw [← Option.some.inj h] at ball ⊢
        refine holds_settle ?_
        cases hde : d.isExact with
        | true =>
          have ew := eq_of_isExact hde hw
          have notZero : ¬d.mid.isZero = true := fun s => nonzero (by rw [ew, toRing_isZero s])
          have hce : c.isExact = true := by
            rw [hde] at exact
            rcases one_true exact with e | e
            · exact (both_true e).1
            · exact absurd (both_true e).2 notZero
          refine holds_div (a := .finite c.mid) (b := .finite d.mid) rfl rfl notZero ?_
          show q * toRing K d.mid = toRing K c.mid
          rw [← ew, ← eq_of_isExact hce hv, hq]
        | false =>
          rw [hde] at exact
          have e : c.isExact = true ∧ c.mid.isZero = true := by
            revert exact
            cases c.isExact <;> cases c.mid.isZero <;> simp
          rw [qzero (by rw [eq_of_isExact e.1 hv, toRing_isZero e.2])]
          exact holds_div_zero (c := .finite c.mid) rfl e.2 d.mid ball
      · split at h
        · cases h
        · rw [← Option.some.inj h]
          exact holds_ofRange (holds_image_div (Enclosure.holds_interval (b := c) hv)
            (Enclosure.holds_interval (b := d) hw) hq)
    | negZero =>
      have h : (if (!d.isExact && d.interval.hasZero) = true then none
        else some (Enclosure.div .negZero (.finite d.mid)).settle) = some r := h
      split at h
      · cases h
      · rw [← Option.some.inj h] at ball ⊢
        rw [qzero hv]
        exact holds_settle (holds_div_zero (c := .negZero) rfl rfl d.mid ball)
    | inf _ => cases hc
    | nan => cases hc
    | past _ => cases hc

/-- **A quotient keeps the bound**, where the interval of the divisor does not hold zero. -/
theorem tracks_div [Div K] (divides : ∀ x y : K, y ≠ 0 → x / y * y = x) (hj : s.models[j]? = some m)
    (hc : Constants (m.u K) (m.η K)) (hx : Tracks j m x v a) (hy : Tracks j m y w b)
    (nonzero : ∀ e J, b.errors[j]? = some e → b.interval m e = some J → J.hasZero = false)
    (hz : ∀ acc, s.table.find? "div" = some acc → y ≠ 0 →
      Accurate (m.u K) (m.η K) acc.roundings acc.underflows (x / y) z)
    (ok : (Beyond.div a b).Ordinary j) : Tracks j m z (v / w) (Beyond.div a b) := by
  obtain ⟨e, i, he, hi, balla, hv, near⟩ := hx
  obtain ⟨f, k, hf, hk, ballb, hw, near'⟩ := hy
  unfold Beyond.div at ok ⊢
  cases hr : divValue a.value b.value with
  | none =>
    rw [hr] at ok
    exact absurd ok not_ordinary_unknown
  | some r =>
    rw [hr] at ok
    obtain ⟨ball, g, l, hg, hl⟩ := ok
    have ball : r.isBall = true := ball
    suffices h : r.Holds (v / w) ∧ IsWithin (m.u K) (m.η K) z (composite (s := s) (v / w) _ g l) from
      ⟨g, l, hg, hl, ball, h.1, h.2⟩
    obtain ⟨m', p, hm, hp, rfl⟩ := getElem?_zipWith hg
    rw [hj] at hm
    obtain ⟨hp, hp'⟩ := getElem?_zip hp
    have hf' := hf
    rw [he] at hp
    rw [hf] at hp'
    cases hm
    obtain ⟨p, q⟩ := p
    cases hp
    cases hp'
    dsimp only at hl ⊢
    rw [isNan_of_isBall balla, isNan_of_isBall ballb] at hl ⊢
    simp only [Bool.or_self, Bool.false_eq_true, ↓reduceIte] at hl ⊢
    cases hI : a.interval m p with
    | none => rw [hI] at hl; cases hl
    | some I =>
      cases hJ : b.interval m q with
      | none => rw [hI, hJ] at hl; cases hl
      | some J =>
        rw [hI, hJ] at hl
        dsimp only at hl ⊢
        obtain ⟨inx, inv⟩ := Soundness.holds_interval balla hv hi near hc.η_nonneg hI
        obtain ⟨iny, inw⟩ := Soundness.holds_interval ballb hw hk near' hc.η_nonneg hJ
        have free := nonzero q J hf' hJ
        have hy0 := ne_zero_of_holds iny free
        have hw0 := ne_zero_of_holds inw free
        have holds := holds_divValue balla ballb ball hr hv hw hw0 (divides v w hw0)
        refine ⟨holds, ?_⟩
        by_cases point : (isPoint I && isPoint J) = true
        · rw [if_pos point] at hl ⊢
          obtain ⟨pi, pj⟩ := both_true point
          have same : x / y = v / w := by rw [eq_of_isPoint pi inx inv, eq_of_isPoint pj iny inw]
          refine isWithin_start hc hl ball holds (y := x / y) ?_ (holds_getD ball holds) ?_ fun acc h => hz acc h hy0
          · rw [same]
            exact holds_getD ball holds
          · rw [same, sub_self, OrderedRingLaws.abs_zero, toRing_zero]
            exact le_refl 0
        · rw [if_neg point] at hl ⊢
          by_cases wide : (I.isInfinite && J.isInfinite || J.hasZero) = true
          · rw [if_pos wide] at hl
            cases hl
          · rw [if_neg wide, balla] at hl ⊢
            simp only [Bool.not_true, Bool.and_false, Bool.false_and, Bool.false_eq_true, ↓reduceIte] at hl ⊢
            exact isWithin_startImage hc hl ball holds (holds_image_div inx iny (divides x y hy0))
              (holds_image_div inv inw (divides v w hw0)) fun acc h => hz acc h hy0

end Conform.Soundness

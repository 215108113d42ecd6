import Conform.Enclosure.Interval
import Conform.Enclosure.RoundingProperties

/-!
# What an interval says of a number

Main definitions: `Conform.Enclosure.Below`, `Conform.Enclosure.Above`, `Conform.Enclosure.Holds`.
Main results: `Conform.Enclosure.Holds.round`, `Conform.Enclosure.Holds.neg`, `Conform.Enclosure.holds_hull`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- An end of an interval is at most a number. -/
def Below (a : Endpoint) (x : K) : Prop :=
  match a with
  | .finite y => toRing K y ≤ x
  | .inf negative => negative = true

/-- An end of an interval is at least a number. -/
def Above (a : Endpoint) (x : K) : Prop :=
  match a with
  | .finite y => x ≤ toRing K y
  | .inf negative => negative = false

/-- The number lies in the interval. -/
structure Holds (i : Interval) (x : K) : Prop where
  below : Below i.lower x
  above : Above i.upper x

variable [OrderedFieldLaws K] {x y : K} {a b : Endpoint}

theorem Below.trans (h : Below a x) (hxy : x ≤ y) : Below a y := by
  cases a with
  | finite _ => exact le_trans h hxy
  | inf _ => exact h

theorem Above.trans (h : Above a y) (hxy : x ≤ y) : Above a x := by
  cases a with
  | finite _ => exact le_trans hxy h
  | inf _ => exact h

theorem Below.neg (h : Below a x) : Above (-a) (0 - x) := by
  cases a with
  | finite z =>
    show 0 - x ≤ toRing K (-z)
    rw [toRing_neg]
    exact sub_le_sub (le_refl 0) h
  | inf negative =>
    show (!negative) = false
    rw [show negative = true from h]
    rfl

theorem Above.neg (h : Above a x) : Below (-a) (0 - x) := by
  cases a with
  | finite z =>
    show toRing K (-z) ≤ 0 - x
    rw [toRing_neg]
    exact sub_le_sub (le_refl 0) h
  | inf negative =>
    show (!negative) = true
    rw [show negative = false from h]
    rfl

theorem Holds.neg {i : Interval} (h : Holds i x) : Holds (-i) (0 - x) := ⟨h.above.neg, h.below.neg⟩

omit [Add K] [Zero K] [One K] [Sub K] [Abs K] [Max K] [OrderedFieldLaws K] in
/-- A function of a finite end that never raises it. -/
theorem Below.map (h : Below a x) {f : Dyadic → Dyadic} {y : K} (hf : ∀ z, toRing K z ≤ x → toRing K (f z) ≤ y) :
    Below (a.map f) y := by
  cases a with
  | finite z => exact hf z h
  | inf _ => exact h

omit [Add K] [Zero K] [One K] [Sub K] [Abs K] [Max K] [OrderedFieldLaws K] in
/-- A function of a finite end that never lowers it. -/
theorem Above.map (h : Above a x) {f : Dyadic → Dyadic} {y : K} (hf : ∀ z, x ≤ toRing K z → y ≤ toRing K (f z)) :
    Above (a.map f) y := by
  cases a with
  | finite z => exact hf z h
  | inf _ => exact h

theorem Holds.round {i : Interval} (h : Holds i x) (bits : Nat) : Holds (i.round bits) x :=
  ⟨h.below.map fun z hz => le_trans (roundDown_le bits z) hz, h.above.map fun z hz => le_trans hz (le_roundUp bits z)⟩

theorem holds_point (z : Dyadic) : Holds (.point z) (toRing K z) := ⟨le_refl _, le_refl _⟩

omit [Add K] [Zero K] [One K] [Sub K] [Abs K] [Max K] [OrderedFieldLaws K] in
theorem holds_all (x : K) : Holds .all x := ⟨rfl, rfl⟩

/-- Ends compare as what they bound. -/
theorem Below.of_ble (h : a.ble b = true) (hb : Below b x) : Below a x := by
  cases a with
  | finite y =>
    cases b with
    | finite z => exact le_trans ((toRing_le K y z).mp h) hb
    | inf t =>
      have e : t = true := hb
      subst e
      exact absurd (show false = true from h) (by decide)
  | inf s =>
    cases b with
    | finite z => exact h
    | inf t =>
      have e : t = true := hb
      subst e
      show s = true
      have h' : (s || !true) = true := h
      simpa using h'

theorem Above.of_ble (h : a.ble b = true) (ha : Above a x) : Above b x := by
  cases b with
  | finite z =>
    cases a with
    | finite y => exact le_trans ha ((toRing_le K y z).mp h)
    | inf s =>
      have e : s = false := ha
      subst e
      exact absurd (show false = true from h) (by decide)
  | inf t =>
    cases a with
    | finite y =>
      show t = false
      have h' : (!t) = true := h
      simpa using h'
    | inf s =>
      have e : s = false := ha
      subst e
      show t = false
      have h' : (false || !t) = true := h
      simpa using h'

/-- Comparison of ends is total. -/
theorem ble_total (a b : Endpoint) : a.ble b = true ∨ b.ble a = true := by
  cases a with
  | finite y =>
    cases b with
    | finite z =>
      by_cases h : y.mantissaAt (min y.exponent z.exponent) ≤ z.mantissaAt (min y.exponent z.exponent)
      · exact Or.inl (decide_eq_true h)
      · refine Or.inr (decide_eq_true ?_)
        show z.mantissaAt (min z.exponent y.exponent) ≤ y.mantissaAt (min z.exponent y.exponent)
        rw [Int.min_comm]
        omega
    | inf t => cases t with
      | false => exact Or.inl rfl
      | true => exact Or.inr rfl
  | inf s =>
    cases b with
    | finite z => cases s with
      | false => exact Or.inr rfl
      | true => exact Or.inl rfl
    | inf t => cases s <;> cases t <;> decide

theorem below_min (h : Below a x ∨ Below b x) : Below (a.min b) x := by
  unfold Endpoint.min
  split
  · next hb => exact h.elim id fun h => h.of_ble hb
  · next hb => exact h.elim (fun h => h.of_ble ((ble_total a b).resolve_left hb)) id

theorem above_max (h : Above a x ∨ Above b x) : Above (a.max b) x := by
  unfold Endpoint.max
  split
  · next hb => exact h.elim (fun h => h.of_ble hb) id
  · next hb => exact h.elim id fun h => h.of_ble ((ble_total a b).resolve_left hb)

theorem holds_hull {i j : Interval} (h : Holds i x ∨ Holds j x) : Holds (i.hull j) x :=
  ⟨below_min (h.imp Holds.below Holds.below), above_max (h.imp Holds.above Holds.above)⟩

end Conform.Enclosure

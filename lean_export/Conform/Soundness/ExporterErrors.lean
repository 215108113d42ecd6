import Conform.Beyond
import Conform.Enclosure.BallProperties
import Conform.Soundness.CompositeArithmetic
import Conform.Soundness.TracedReading

/-!
# The exporter's error is the bound, rounded up

Main definitions: `Conform.Beyond.composite`, `Conform.Beyond.Tracks`.
Main results: `Conform.Soundness.pow_le_growth`, `Conform.Soundness.error_le`, `Conform.Soundness.holds_interval`.
-/

namespace Conform

open Soundness Enclosure Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- The unit roundoff of a model. -/
def Model.u (K : Type) [Binary K] (m : Model) : K := twoPow (-(m.format.precision : Int))

/-- The most that one operation of a model may lose to underflow. -/
def Model.η (K : Type) [Mul K] [Binary K] (m : Model) : K := toRing K m.underflowUnit

namespace Beyond

variable {s : Setting}

/-- What the exporter keeps of a number, with the exact value, as a trace. -/
def composite (v : K) (b : Beyond s) (e : Errors) (inherited : Dyadic) : Composite K where
  value := v
  magnitude := toRing K b.magnitude
  inherited := toRing K inherited
  underflow := toRing K e.underflow
  terms := e.terms
  additions := e.additions
  nonneg := e.nonneg
  nonpos := e.nonpos

/-- In the model of this place, the exporter knows that the number is finite and how far off a computed one is: the
exact value is in the ball, and the computed number within the bound of the trace. -/
def Tracks (j : Nat) (m : Model) (x v : K) (b : Beyond s) : Prop :=
  ∃ e i, b.errors[j]? = some e ∧ e.inherited = .finite i ∧ b.value.isBall = true ∧ b.value.Holds v ∧
    IsWithin (m.u K) (m.η K) x (composite v b e i)

end Beyond

namespace Soundness

variable [OrderedFieldLaws K]

/-- `(1 + g) ^ k - 1`, by squaring. -/
theorem pow_le_growthBySquaring {g : Dyadic} (hg : 0 ≤ toRing K g) : ∀ (fuel k : Nat), k < 2 ^ fuel →
    pow (1 + toRing K g) k ≤ 1 + toRing K (growthBySquaring g fuel k) := by
  have zero : ∀ {k : Nat}, k = 0 → pow (1 + toRing K g) k ≤ 1 + toRing K 0 := fun h => by
    subst h
    rw [toRing_zero, add_zero]
    exact le_refl 1
  intro fuel
  induction fuel with
  | zero =>
    intro k hk
    have e : k = 0 := by
      have : (2 : Nat) ^ 0 = 1 := rfl
      omega
    unfold growthBySquaring
    exact zero e
  | succ fuel ih =>
    intro k hk
    cases k with
    | zero => exact zero rfl
    | succ k =>
      have half := ih ((k + 1) / 2) (by
        have : 2 ^ (fuel + 1) = 2 ^ fuel * 2 := rfl
        omega)
      show _ ≤ 1 + toRing K (if (k + 1) % 2 = 0 then _ else _)
      generalize growthBySquaring g fuel ((k + 1) / 2) = h at half ⊢
      have nonneg : 0 ≤ pow (1 + toRing K g) ((k + 1) / 2) :=
        le_trans zero_le_one (one_le_pow (le_add_right 1 hg) _)
      have square : pow (1 + toRing K g) ((k + 1) / 2 + (k + 1) / 2) ≤
          1 + toRing K ((h + h + h * h).roundUp workingBits) := by
        rw [pow_add]
        refine le_trans (mul_le_mul half half (le_trans nonneg half) nonneg)
          (le_trans (le_of_eq ?_) (add_le_add (le_refl 1) (le_roundUp _ _)))
        rw [toRing_add, toRing_add, toRing_mul]
        ring_by [toRing K h]
      split
      · have e : k + 1 = (k + 1) / 2 + (k + 1) / 2 := by omega
        rw [e]
        exact square
      · have e : k + 1 = (k + 1) / 2 + (k + 1) / 2 + 1 := by omega
        rw [e, pow_succ]
        refine le_trans (mul_le_mul_right square (le_trans zero_le_one (le_add_right 1 hg)))
          (le_trans (le_of_eq ?_) (add_le_add (le_refl 1) (le_roundUp _ _)))
        generalize (h + h + h * h).roundUp workingBits = q
        rw [toRing_add, toRing_add, toRing_mul]
        ring_by [toRing K q, toRing K g]

/-- The growth that the exporter computes. -/
theorem pow_le_growth (m : Model) (k : Nat) : pow (1 + m.u K) k ≤ 1 + toRing K (growth m.format.precision k) := by
  have e : m.u K = toRing K (.twoPow (-(m.format.precision : Int))) := (toRing_twoPow _).symm
  unfold growth
  rw [e]
  refine pow_le_growthBySquaring (by rw [toRing_twoPow]; exact BinaryLaws.twoPow_nonneg _) _ k ?_
  have := Nat.lt_log2_self (n := k + 1)
  rw [Nat.succ_eq_add_one]
  omega

open Beyond

variable {s : Setting} {j : Nat} {m : Model} {x v : K} {b : Beyond s} {e : Errors} {i d : Dyadic}

/-- A value that is a ball, as one. -/
theorem holds_mid {b : ExtBall} (ball : b.isBall = true) (h : b.Holds v) :
    abs (v - toRing K b.mid) ≤ toRing K b.rad := by
  cases b with
  | finite b => exact h
  | negZero =>
    have e : v = 0 := h
    show abs (v - toRing K 0) ≤ toRing K 0
    rw [e, toRing_zero, sub_self, OrderedRingLaws.abs_zero]
    exact le_refl 0
  | inf _ => cases ball
  | nan => cases ball
  | past _ => cases ball

/-- The bound and the radius are at most the error that the exporter computes. -/
theorem bound_add_le (he : e.inherited = .finite i) (h : IsWithin (m.u K) (m.η K) x (composite v b e i))
    (hd : e.error m b.magnitude b.value.rad = some d) (hη : 0 ≤ m.η K) :
    (composite v b e i).bound (m.u K) (m.η K) + toRing K b.value.rad ≤ toRing K d := by
  unfold Errors.error at hd
  rw [he] at hd
  dsimp only at hd
  rw [← Option.some.inj hd]
  refine le_trans ?_ (le_roundUp _ _)
  rw [Composite.bound_eq]
  have grows := pow_le_growth (K := K) m e.depth
  have hm := h.magnitude_nonneg
  have more : 0 ≤ toRing K i + toRing K e.underflow * m.η K :=
    add_nonneg h.inherited_nonneg (mul_nonneg h.underflow_nonneg hη)
  show (pow (1 + m.u K) e.depth - 1) * toRing K b.magnitude +
    pow (1 + m.u K) e.depth * (toRing K i + toRing K e.underflow * m.η K) + toRing K b.value.rad ≤ _
  rw [toRing_add, toRing_add, toRing_add, toRing_mul, toRing_mul, toRing_add, toRing_mul]
  generalize growth m.format.precision e.depth = g at grows ⊢
  generalize pow (1 + m.u K) e.depth = G at grows ⊢
  show _ ≤ toRing K g * toRing K b.magnitude + (toRing K i + toRing K e.underflow * m.η K) +
    toRing K g * (toRing K i + toRing K e.underflow * m.η K) + toRing K b.value.rad
  generalize toRing K i + toRing K e.underflow * m.η K = r at more ⊢
  have hm' : 0 ≤ toRing K b.magnitude := hm
  generalize toRing K b.magnitude = M at hm' ⊢
  generalize toRing K b.value.rad = R
  refine le_of_eq_add (add_nonneg (mul_nonneg (sub_nonneg grows) hm') (mul_nonneg (sub_nonneg grows) more)) ?_
  ring_by [toRing K g, G, M, r, R]

/-- **The error that the exporter computes** bounds the distance of the computed number from the midpoint, and of the
exact one. -/
theorem error_le (ball : b.value.isBall = true) (hv : b.value.Holds v) (he : e.inherited = .finite i)
    (h : IsWithin (m.u K) (m.η K) x (composite v b e i)) (hd : e.error m b.magnitude b.value.rad = some d)
    (hη : 0 ≤ m.η K) :
    abs (x - toRing K b.value.mid) ≤ toRing K d ∧ abs (v - toRing K b.value.mid) ≤ toRing K d := by
  have near := holds_mid ball hv
  have total := bound_add_le he h hd hη
  exact ⟨le_trans (h.printed near) total, le_trans near (le_trans (le_add_left _ h.bound_nonneg) total)⟩

omit [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [OrderedFieldLaws K] in
/-- The interval of a ball: an error to both sides, within the known signs, and infinite to where it may overflow. -/
theorem interval_of_isBall (ball : b.value.isBall = true) (hd : e.error m b.magnitude b.value.rad = some d) :
    ∃ plus minus : Bool, b.interval m e = if plus && minus then none else
      some ⟨if minus then .inf true else .finite (if e.nonneg then (b.value.mid - d).max 0 else b.value.mid - d),
        if plus then .inf false else .finite (if e.nonpos then -(-b.value.mid - d).max 0 else b.value.mid + d)⟩ := by
  unfold Beyond.interval
  rw [hd]
  obtain ⟨value, magnitude, errors, constant⟩ := b
  cases value with
  | finite z => exact ⟨_, _, rfl⟩
  | negZero => exact ⟨_, _, rfl⟩
  | inf _ => cases ball
  | nan => cases ball
  | past _ => cases ball

/-- **The interval of a computed number** holds it, and the exact one. -/
theorem holds_interval (ball : b.value.isBall = true) (hv : b.value.Holds v) (he : e.inherited = .finite i)
    (h : IsWithin (m.u K) (m.η K) x (composite v b e i)) (hη : 0 ≤ m.η K) {I : Interval}
    (hI : b.interval m e = some I) : Holds I x ∧ Holds I v := by
  cases hd : e.error m b.magnitude b.value.rad with
  | none =>
    unfold Beyond.interval at hI
    rw [hd] at hI
    cases hI
  | some d =>
    obtain ⟨plus, minus, shape⟩ := interval_of_isBall ball hd
    rw [shape] at hI
    obtain ⟨nearx, nearv⟩ := error_le ball hv he h hd hη
    have ends : ∀ y : K, abs (y - toRing K b.value.mid) ≤ toRing K d → (e.nonneg = true → 0 ≤ y) →
        (e.nonpos = true → y ≤ 0) →
        Below (.finite (if e.nonneg then (b.value.mid - d).max 0 else b.value.mid - d)) y ∧
          Above (.finite (if e.nonpos then -(-b.value.mid - d).max 0 else b.value.mid + d)) y := by
      intro y hy nonneg nonpos
      obtain ⟨low, high⟩ := abs_sub_le_iff.mp hy
      rw [← toRing_sub] at low
      rw [← toRing_add] at high
      constructor
      · show toRing K _ ≤ y
        split
        · next s => exact (toRing_max K _ _ _).mpr ⟨low, by rw [toRing_zero]; exact nonneg s⟩
        · exact low
      · show y ≤ toRing K _
        split
        · next s =>
          rw [toRing_neg]
          have : toRing K ((-b.value.mid - d).max 0) ≤ 0 - y := (toRing_max K _ _ _).mpr
            ⟨by
              rw [toRing_sub, toRing_neg]
              rw [toRing_add] at high
              exact le_of_eq_add (sub_nonneg high) (by ring_by [y, toRing K b.value.mid, toRing K d]),
            by
              rw [toRing_zero]
              exact neg_nonneg (nonpos s)⟩
          exact le_of_eq_add (sub_nonneg this) (by ring_by [y, toRing K ((-b.value.mid - d).max 0)])
        · exact high
    have hx := ends x nearx (fun s => (h.nonneg s).1) fun s => (h.nonpos s).1
    have hv' := ends v nearv (fun s => (h.nonneg s).2) fun s => (h.nonpos s).2
    by_cases both : (plus && minus) = true
    · rw [if_pos both] at hI
      cases hI
    · rw [if_neg both] at hI
      rw [← Option.some.inj hI]
      have hold : ∀ {y : K} {l u : Dyadic}, Below (.finite l) y ∧ Above (.finite u) y →
          Holds ⟨if minus then .inf true else .finite l, if plus then .inf false else .finite u⟩ y := fun hy =>
        ⟨by cases minus with | false => exact hy.1 | true => rfl,
          by cases plus with | false => exact hy.2 | true => rfl⟩
      exact ⟨hold hx, hold hv'⟩

end Soundness

end Conform

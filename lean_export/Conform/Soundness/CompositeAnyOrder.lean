import Conform.Soundness.ActivationError
import Conform.Soundness.AnyOrder

/-!
# Sums of functions in any order

The sum in softmax and its relatives, computed by any tree over its terms in any order, is within the bound of the
traced reading; so are softmax and log-softmax with such a sum in them, and log-softmax whichever of its two
subtractions is done first.

Main definition: `Conform.Soundness.Gathers`.
Main results: `Conform.Soundness.Tree.Evaluates.isWithin`, `Conform.Soundness.isWithin_sumFin`,
`Conform.Soundness.softmaxVecSpec_anyOrder`, `Conform.Soundness.logSoftmaxVecSpec_anyOrder`.

Reference: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, §4.2.
-/

namespace Conform.Soundness

open Spec Spec.Laws Spec.Tensor Enclosure CompositeNumber Activation

instance : CommSemiringLaws Nat where
  add_assoc := Nat.add_assoc
  add_comm := Nat.add_comm
  zero_add := Nat.zero_add
  mul_assoc := Nat.mul_assoc
  mul_comm := Nat.mul_comm
  zero_mul := Nat.zero_mul
  mul_add := Nat.mul_add

section Field

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable {ι : Type} {u η x : K} {f : ι → K} {g : ι → Composite K} {tree : Tree ι} {all l l' : List ι}

/-- The trace `t` gathers the terms in `all`: it has the sums of their values, magnitudes and inherited errors, and
underflow and depth enough for any tree over them. -/
structure Gathers (g : ι → Composite K) (all : List ι) (t : Composite K) : Prop where
  value : t.value = sumList (fun i => (g i).value) all
  magnitude : t.magnitude = sumList (fun i => (g i).magnitude) all
  inherited : t.inherited = sumList (fun i => (g i).inherited) all
  underflow : sumList (fun i => (g i).underflow + 1) all ≤ t.underflow + 1
  terms : ∀ i ∈ all, (g i).terms ≤ t.terms
  additions : sumList (fun i => (g i).additions + 1) all ≤ t.additions + 1
  nonneg : t.nonneg = true → ∀ i ∈ all, (g i).nonneg = true
  nonpos : t.nonpos = true → ∀ i ∈ all, (g i).nonpos = true

/-- The same, with no more than a tree over them needs. -/
structure GathersJust (g : ι → Composite K) (all : List ι) (t : Composite K) : Prop where
  value : t.value = sumList (fun i => (g i).value) all
  magnitude : t.magnitude = sumList (fun i => (g i).magnitude) all
  inherited : t.inherited = sumList (fun i => (g i).inherited) all
  underflow : t.underflow + 1 = sumList (fun i => (g i).underflow + 1) all
  terms : ∀ d, (∀ i ∈ all, (g i).terms ≤ d) → t.terms ≤ d
  additions : t.additions + 1 = sumList (fun i => (g i).additions + 1) all
  nonneg : (∀ i ∈ all, (g i).nonneg = true) → t.nonneg = true
  nonpos : (∀ i ∈ all, (g i).nonpos = true) → t.nonpos = true

variable [OrderedFieldLaws K]

omit [Sub K] [LE K] [Abs K] [Max K] [Binary K] [OrderedFieldLaws K] in
theorem GathersJust.add [CommSemiringLaws K] {a b : Composite K} (ha : GathersJust g l a) (hb : GathersJust g l' b) :
    GathersJust g (l ++ l') (a.add b) where
  value := by rw [sumList_append, ← ha.value, ← hb.value]; rfl
  magnitude := by rw [sumList_append, ← ha.magnitude, ← hb.magnitude]; rfl
  inherited := by rw [sumList_append, ← ha.inherited, ← hb.inherited]; rfl
  underflow := by
    rw [sumList_append, ← ha.underflow, ← hb.underflow]
    show a.underflow + b.underflow + 1 + 1 = a.underflow + 1 + (b.underflow + 1)
    ac_rfl
  terms d h := Nat.max_le.mpr
    ⟨ha.terms d fun i hi => h i (List.mem_append.mpr (Or.inl hi)),
      hb.terms d fun i hi => h i (List.mem_append.mpr (Or.inr hi))⟩
  additions := by
    rw [sumList_append, ← ha.additions, ← hb.additions]
    show a.additions + b.additions + 1 + 1 = _
    omega
  nonneg h := by
    show (a.nonneg && b.nonneg) = true
    rw [ha.nonneg fun i hi => h i (List.mem_append.mpr (Or.inl hi)),
      hb.nonneg fun i hi => h i (List.mem_append.mpr (Or.inr hi))]
    rfl
  nonpos h := by
    show (a.nonpos && b.nonpos) = true
    rw [ha.nonpos fun i hi => h i (List.mem_append.mpr (Or.inl hi)),
      hb.nonpos fun i hi => h i (List.mem_append.mpr (Or.inr hi))]
    rfl

/-- What a tree over at least one term computes is within a trace that depends on the terms alone. -/
theorem Tree.Evaluates.exists_isWithin (hc : Constants u η) (hf : ∀ i, IsWithin u η (f i) (g i))
    (h : Tree.Evaluates (Correct u η) f tree x) (nonempty : 0 < tree.size) :
    ∃ t, IsWithin u η x t ∧ GathersJust g tree.terms t := by
  induction h with
  | zero => exact absurd nonempty (Nat.lt_irrefl 0)
  | term i =>
    exact ⟨g i, hf i, (add_zero _).symm, (add_zero _).symm, (add_zero _).symm, (add_zero _).symm,
      fun d h => h i (List.mem_singleton.mpr rfl), rfl, fun h => h i (List.mem_singleton.mpr rfl),
      fun h => h i (List.mem_singleton.mpr rfl)⟩
  | add hl hr _ _ hz ihl ihr =>
    obtain ⟨a, ha, fa⟩ := ihl hl
    obtain ⟨b, hb, fb⟩ := ihr hr
    exact ⟨a.add b, ha.add hc hb hz, fa.add fb⟩
  | @zeroAdd l r y hl _ ih =>
    have e : (Tree.add l r).terms = r.terms := by
      show l.terms ++ r.terms = _
      rw [Tree.terms_of_size l hl, List.nil_append]
    rw [e]
    exact ih (by rw [Tree.size_add] at nonempty; omega)
  | @addZero l r y hr _ ih =>
    have e : (Tree.add l r).terms = l.terms := by
      show l.terms ++ r.terms = _
      rw [Tree.terms_of_size r hr, List.append_nil]
    rw [e]
    exact ih (by rw [Tree.size_add] at nonempty; omega)

/-- **A sum by any tree, in any order**, is within every trace that gathers its terms. -/
theorem Tree.Evaluates.isWithin (hc : Constants u η) (hf : ∀ i, IsWithin u η (f i) (g i)) {t : Composite K}
    (gathers : Gathers g all t) (order : tree.terms.Perm all) (h : Tree.Evaluates (Correct u η) f tree x)
    (nonempty : 0 < all.length) : IsWithin u η x t := by
  have size : 0 < tree.size := by
    show 0 < tree.terms.length
    rwa [order.length_eq]
  obtain ⟨s, hs, just⟩ := h.exists_isWithin hc hf size
  refine hs.mono hc ?_ (le_of_eq ?_) (le_of_eq ?_) (le_of_add_le_add_right (c := 1) ?_) ?_ (fun n => ?_) fun n => ?_
  · rw [just.value, gathers.value, sumList_perm order]
  · rw [just.magnitude, gathers.magnitude, sumList_perm order]
  · rw [just.inherited, gathers.inherited, sumList_perm order]
  · rw [just.underflow, sumList_perm order]
    exact gathers.underflow
  · have terms := just.terms t.terms fun i hi => gathers.terms i (order.mem_iff.mp hi)
    have additions := just.additions
    rw [sumList_perm order] at additions
    have := gathers.additions
    show s.terms + s.additions ≤ t.terms + t.additions
    omega
  · exact just.nonneg fun i hi => gathers.nonneg n i (order.mem_iff.mp hi)
  · exact just.nonpos fun i hi => gathers.nonpos n i (order.mem_iff.mp hi)

end Field

variable {K : Type} [Context K] [Abs K] [Binary K] {S : ErrorModel K} {β : Type} [Context β] [OrderedFieldLaws K]
  {n : Nat}

/-- The traced sum in the order of the spec is known where every term is, and gathers them. -/
theorem gathers_sumFin {t : Fin n → CompositeNumber S} {c : Composite K}
    (known : (sumFin n t).trace = some c) :
    ∃ g : Fin n → Composite K, (∀ i, (t i).trace = some (g i)) ∧
      c.value = sumFin n (fun i => (g i).value) ∧ c.magnitude = sumFin n (fun i => (g i).magnitude) ∧
      c.inherited = sumFin n (fun i => (g i).inherited) ∧ c.underflow = sumFin n (fun i => (g i).underflow + 1) ∧
      (∀ i, (g i).terms ≤ c.terms) ∧ c.additions = sumFin n (fun i => (g i).additions + 1) ∧
      (c.nonneg = true → ∀ i, (g i).nonneg = true) ∧ (c.nonpos = true → ∀ i, (g i).nonpos = true) := by
  induction n generalizing c with
  | zero =>
    rw [sumFin_zero] at known
    have e : c = Composite.input 0 _ _ := (Option.some.inj known).symm
    subst e
    refine ⟨fun i => i.elim0, fun i => i.elim0, ?_, ?_, ?_, ?_, fun i => i.elim0, ?_, fun _ i => i.elim0,
      fun _ i => i.elim0⟩
    · rw [sumFin_zero]; rfl
    · rw [sumFin_zero]; exact OrderedRingLaws.abs_zero
    · rw [sumFin_zero]; rfl
    · rw [sumFin_zero]; rfl
    · rw [sumFin_zero]; rfl
  | succ n ih =>
    rw [sumFin_succ] at known
    obtain ⟨a, ha, known⟩ := bind_eq_some known
    obtain ⟨b, hb, rfl⟩ := map_eq_some known
    obtain ⟨g, hg, value, magnitude, inherited, underflow, terms, additions, nonneg, nonpos⟩ := ih ha
    have cases : ∀ {P : Fin (n + 1) → Prop}, (∀ i : Fin n, P i.castSucc) → P (Fin.last n) → ∀ i, P i :=
      fun hi hl i => by
        by_cases h : i.val < n
        · exact hi ⟨i.val, h⟩
        · rwa [Fin.eq_last_of_not_lt h]
    let g' : Fin (n + 1) → Composite K := fun i => if h : i.val < n then g ⟨i.val, h⟩ else b
    have init : ∀ i : Fin n, g' i.castSucc = g i := fun i => dif_pos i.isLt
    have last : g' (Fin.last n) = b := dif_neg (Nat.lt_irrefl n)
    refine ⟨g', cases (fun i => by rw [init, hg]) (by rw [last, hb]), ?_, ?_, ?_, ?_, ?_, ?_, ?_, ?_⟩
    · rw [sumFin_succ, sumFin_congr fun i => congrArg Composite.value (init i), last, ← value]; rfl
    · rw [sumFin_succ, sumFin_congr fun i => congrArg Composite.magnitude (init i), last, ← magnitude]; rfl
    · rw [sumFin_succ, sumFin_congr fun i => congrArg Composite.inherited (init i), last, ← inherited]; rfl
    · rw [sumFin_succ, sumFin_congr fun i => congrArg (fun t : Composite K => t.underflow + 1) (init i), last,
        ← underflow]
      exact add_assoc _ _ _
    · refine cases (fun i => ?_) ?_
      · rw [init]; exact Nat.le_trans (terms i) (Nat.le_max_left _ _)
      · rw [last]; exact Nat.le_max_right _ _
    · rw [sumFin_succ, sumFin_congr fun i => congrArg (fun t : Composite K => t.additions + 1) (init i), last,
        ← additions]
      rfl
    · intro s
      obtain ⟨s, s'⟩ := both_true s
      exact cases (fun i => by rw [init]; exact nonneg s i) (by rw [last]; exact s')
    · intro s
      obtain ⟨s, s'⟩ := both_true s
      exact cases (fun i => by rw [init]; exact nonpos s i) (by rw [last]; exact s')

/-- **The sum of the spec, computed by any tree in any order**, is within the bound of the traced sum. -/
theorem isWithin_sumFin (hc : Constants S.u S.η) {f : Fin n → K} {t : Fin n → CompositeNumber S}
    (hf : ∀ i c, (t i).trace = some c → IsWithin S.u S.η (f i) c) {tree : Tree (Fin n)}
    (order : tree.terms.Perm (List.finRange n)) {x : K} (h : tree.Evaluates (Correct S.u S.η) f x) {c : Composite K}
    (known : (sumFin n t).trace = some c) : IsWithin S.u S.η x c := by
  obtain ⟨g, hg, value, magnitude, inherited, underflow, terms, additions, nonneg, nonpos⟩ := gathers_sumFin known
  cases n with
  | zero =>
    rw [sumFin_zero] at known
    have e : c = Composite.input 0 _ _ := (Option.some.inj known).symm
    subst e
    rw [h.eq_zero (by show tree.terms.length = 0; rw [order.length_eq]; rfl)]
    exact IsWithin.input (fun d => of_decided d) fun d => of_decided d
  | succ n =>
    refine h.isWithin hc (fun i => hf i _ (hg i)) (g := g)
      ⟨?_, ?_, ?_, ?_, fun i _ => terms i, ?_, fun s i _ => nonneg s i, fun s i _ => nonpos s i⟩ order ?_
    · rw [sumList_finRange, value]
    · rw [sumList_finRange, magnitude]
    · rw [sumList_finRange, inherited]
    · rw [sumList_finRange, underflow]
      exact le_add_right _ zero_le_one
    · rw [sumList_finRange, additions]
      exact Nat.le_succ _
    · rw [List.length_finRange]
      exact Nat.succ_pos n

/-! ## Softmax and log-softmax -/

/-- An element of softmax is a power over the sum of them. -/
theorem get₁_softmaxVecSpec {α : Type} [Context α] (x : Vec α (n + 1)) (i : Fin (n + 1)) :
    (softmaxVecSpec x).get₁ i =
      (maxShiftedExpVecSpec x).get₁ i / sumFin (n + 1) (maxShiftedExpVecSpec x).get₁ := by
  unfold softmaxVecSpec
  dsimp only
  rw [materialize_eq, get₁_map]

/-- An element of log-softmax. -/
theorem get₁_logSoftmaxVecSpec {α : Type} [Context α] (x : Vec α (n + 1)) (i : Fin (n + 1)) :
    (logSoftmaxVecSpec x).get₁ i = x.get₁ i - (maxVecSpec x).toScalar -
      MathFunctions.log (sumFin (n + 1) (maxShiftedExpVecSpec x).get₁) := by
  unfold logSoftmaxVecSpec
  dsimp only
  rw [get₁_map]

variable {M : BackendArithmetic S β} (hS : SoundModel S) (x : Vec β (n + 1)) (i : Fin (n + 1))
  {tree : Tree (Fin (n + 1))} (order : tree.terms.Perm (List.finRange (n + 1))) {total norm y : K} {c : Composite K}
include hS order

/-- `softmax`, its sum computed by any tree in any order. -/
theorem softmaxVecSpec_anyOrder
    (sum : tree.Evaluates (Correct S.u S.η) (fun j => M.value ((maxShiftedExpVecSpec x).get₁ j)) total)
    (quotient : total ≠ 0 → Accurate S.u S.η S.division.roundings S.division.underflows
      (M.value ((maxShiftedExpVecSpec x).get₁ i) / total) y)
    (known : ((softmaxVecSpec (x.map M.input)).get₁ i).trace = some c) :
    Abs.abs (y - (softmaxVecSpec (x.map M.value)).get₁ i) ≤ c.bound S.u S.η := by
  rw [← (related_softmaxVecSpec hS.value (hasValue_tensor M x)).get₁ i c known]
  rw [get₁_softmaxVecSpec] at known
  obtain ⟨a, ha, known⟩ := bind_eq_some known
  obtain ⟨b, hb, known⟩ := bind_eq_some known
  have powers := related_maxShiftedExpVecSpec hS.near (near_tensor M x)
  have denominator := isWithin_sumFin hS.constants (fun j => powers.get₁ j) order sum hb
  exact ((powers.get₁ i a ha).div hS.constants hS.encloses denominator known quotient).error

/-- `log_softmax`, its sum computed by any tree in any order, and both subtractions in any order. -/
theorem logSoftmaxVecSpec_anyOrder
    (sum : tree.Evaluates (Correct S.u S.η) (fun j => M.value ((maxShiftedExpVecSpec x).get₁ j)) total)
    (logarithm : Positive total → Accurate S.u S.η (S.table .log).roundings (S.table .log).underflows
      (MathFunctions.log total) norm)
    {last : Tree (Fin 3)} (lastOrder : last.terms.Perm [0, 1, 2])
    (difference : last.Evaluates (Correct S.u S.η)
      (fun | 0 => M.value (x.get₁ i) | 1 => 0 - M.value (maxVecSpec x).toScalar | 2 => 0 - norm) y)
    (known : ((logSoftmaxVecSpec (x.map M.input)).get₁ i).trace = some c) :
    Abs.abs (y - (logSoftmaxVecSpec (x.map M.value)).get₁ i) ≤ c.bound S.u S.η := by
  rw [← (related_logSoftmaxVecSpec hS.value (hasValue_tensor M x)).get₁ i c known]
  rw [get₁_logSoftmaxVecSpec] at known
  obtain ⟨d, hd, known⟩ := bind_eq_some known
  obtain ⟨l, hl, rfl⟩ := map_eq_some known
  obtain ⟨a, ha, hd⟩ := bind_eq_some hd
  obtain ⟨b, hb, rfl⟩ := map_eq_some hd
  obtain ⟨s, hs, hl⟩ := bind_eq_some hl
  have near := near_tensor M x
  have denominator := isWithin_sumFin hS.constants (fun j => (related_maxShiftedExpVecSpec hS.near near).get₁ j) order
    sum hs
  have first := near.get₁ i a ha
  have second := ((related_maxVecSpec hS.near near).toScalar b hb).neg
  have third := (denominator.apply hS.constants hS.encloses hl logarithm).neg
  refine (difference.isWithin hS.constants (g := fun | 0 => a | 1 => b.neg | 2 => l.neg)
    (fun | 0 => first | 1 => second | 2 => third) (all := [0, 1, 2]) ?_ lastOrder (by decide)).error
  refine ⟨?_, ?_, ?_, le_of_eq ?_, ?_, ?_, ?_, ?_⟩
  · show a.value + b.neg.value + l.neg.value = a.value + (b.neg.value + (l.neg.value + 0))
    ring_by [a.value, b.neg.value, l.neg.value]
  · show a.magnitude + b.magnitude + l.magnitude = a.magnitude + (b.magnitude + (l.magnitude + 0))
    ring_by [a.magnitude, b.magnitude, l.magnitude]
  · show a.inherited + b.inherited + l.inherited = a.inherited + (b.inherited + (l.inherited + 0))
    ring_by [a.inherited, b.inherited, l.inherited]
  · show a.underflow + 1 + (b.underflow + 1 + (l.underflow + 1 + 0)) =
      a.underflow + b.underflow + 1 + l.underflow + 1 + 1
    ring_by [a.underflow, b.underflow, l.underflow]
  · have bound : a.terms ≤ Max.max (Max.max a.terms b.terms) l.terms ∧
        b.terms ≤ Max.max (Max.max a.terms b.terms) l.terms ∧ l.terms ≤ Max.max (Max.max a.terms b.terms) l.terms := by
      omega
    exact fun | 0, _ => bound.1 | 1, _ => bound.2.1 | 2, _ => bound.2.2
  · show a.additions + 1 + (b.additions + 1 + (l.additions + 1 + 0)) ≤
      a.additions + b.additions + 1 + l.additions + 1 + 1
    omega
  · intro h
    obtain ⟨h, h₂⟩ := both_true h
    obtain ⟨h₀, h₁⟩ := both_true h
    exact fun | 0, _ => h₀ | 1, _ => h₁ | 2, _ => h₂
  · intro h
    obtain ⟨h, h₂⟩ := both_true h
    obtain ⟨h₀, h₁⟩ := both_true h
    exact fun | 0, _ => h₀ | 1, _ => h₁ | 2, _ => h₂

end Conform.Soundness

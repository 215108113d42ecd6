import Conform.Soundness.Approximation
import Conform.Soundness.ListSum

/-!
# Sums in any order

A sum is computed by a tree: recursively, pairwise, in blocks, in lanes that start from zero, backwards, or in any
other way. Whatever the tree, and whichever term sits at which leaf, the error is bounded by the number of terms.

What is assumed: each addition is rounded, each in its own way, and adding a zero that no term went into is exact.

Main definitions: `Conform.Soundness.Tree`, `Conform.Soundness.Tree.Evaluates`.
Main result: `Conform.Soundness.Tree.Evaluates.fits`.

Reference: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, §4.2.
-/

namespace Conform.Soundness

open Spec Spec.Laws

/-- A way to add up terms: nothing, one term, or the sum of two such. -/
inductive Tree (ι : Type) where
  | zero : Tree ι
  | term : ι → Tree ι
  | add : Tree ι → Tree ι → Tree ι

namespace Tree

variable {ι : Type}

/-- The terms, from left to right. -/
def terms : Tree ι → List ι
  | zero => []
  | term i => [i]
  | add l r => l.terms ++ r.terms

/-- The number of terms. -/
def size (t : Tree ι) : Nat := t.terms.length

/-- The terms of both sides count. -/
theorem size_add (l r : Tree ι) : (add l r).size = l.size + r.size := List.length_append

/-- A tree of size zero has no terms. -/
theorem terms_of_size (t : Tree ι) (h : t.size = 0) : t.terms = [] := by
  unfold size at h
  cases h' : t.terms with
  | nil => rfl
  | cons i l => rw [h'] at h; cases h

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K]

/-- `Evaluates rounds f t x`: adding up the numbers `f i` by the tree `t` may give `x`. Every addition is rounded,
where `rounds exact result` says what to, except that a side without terms is an exact zero. -/
inductive Evaluates (rounds : K → K → Prop) (f : ι → K) : Tree ι → K → Prop
  | zero : Evaluates rounds f zero 0
  | term (i : ι) : Evaluates rounds f (term i) (f i)
  | add {l r : Tree ι} {x y z : K} : 0 < l.size → 0 < r.size → Evaluates rounds f l x → Evaluates rounds f r y →
      rounds (x + y) z → Evaluates rounds f (add l r) z
  | zeroAdd {l r : Tree ι} {y : K} : l.size = 0 → Evaluates rounds f r y → Evaluates rounds f (add l r) y
  | addZero {l r : Tree ι} {x : K} : r.size = 0 → Evaluates rounds f l x → Evaluates rounds f (add l r) x

variable {u η : K} {f : ι → K} {x : K} {tree : Tree ι} {d : Nat}

omit [Mul K] [One K] [Sub K] [LE K] [Abs K] in
/-- What one rounding may give, a rounding with more freedom may give too. -/
theorem Evaluates.mono {rounds rounds' : K → K → Prop} (more : ∀ e r, rounds e r → rounds' e r)
    (h : Evaluates rounds f tree x) : Evaluates rounds' f tree x := by
  induction h with
  | zero => exact .zero
  | term i => exact .term i
  | add hl hr _ _ hz ihl ihr => exact .add hl hr ihl ihr (more _ _ hz)
  | zeroAdd hl _ ih => exact .zeroAdd hl ih
  | addZero hr _ ih => exact .addZero hr ih

omit [Mul K] [One K] [Sub K] [LE K] [Abs K] in
/-- A tree without terms gives zero. -/
theorem Evaluates.eq_zero {rounds : K → K → Prop} (h : Evaluates rounds f tree x)
    (empty : tree.size = 0) : x = 0 := by
  induction h with
  | zero => rfl
  | term i => cases empty
  | add hl _ _ _ _ _ _ => rw [size_add] at empty; omega
  | zeroAdd _ _ ih => rw [size_add] at empty; exact ih (by omega)
  | addZero _ _ ih => rw [size_add] at empty; exact ih (by omega)

variable [OrderedRingLaws K] {trace : ι → Trace K}

/-- The trace `t` fits the terms in `l`, none of them deeper than `d`: its value is their exact sum, its magnitude
the sum of theirs, its underflow weight `Σ (Eᵢ + 1) - 1`, and it is no deeper than `d` and one addition fewer than
terms. -/
structure Fits (trace : ι → Trace K) (d : Nat) (l : List ι) (t : Trace K) : Prop where
  value : t.value = sumList (fun i => (trace i).value) l
  magnitude : t.magnitude = sumList (fun i => (trace i).magnitude) l
  underflow : t.underflow + 1 = sumList (fun i => (trace i).underflow + 1) l
  depth : t.depth + 1 ≤ d + l.length

/-- One more addition of two sums that fit. -/
theorem Fits.add {l l' : List ι} {a b : Trace K} (ha : Fits trace d l a) (hb : Fits trace d l' b)
    (hl : 0 < l.length) (hl' : 0 < l'.length) : Fits trace d (l ++ l') (a + b) where
  value := by rw [sumList_append, ← ha.value, ← hb.value]; rfl
  magnitude := by rw [sumList_append, ← ha.magnitude, ← hb.magnitude]; rfl
  underflow := by
    rw [sumList_append, ← ha.underflow, ← hb.underflow]
    show a.underflow + b.underflow + 1 + 1 = a.underflow + 1 + (b.underflow + 1)
    ac_rfl
  depth := by
    rw [List.length_append]
    have := ha.depth
    have := hb.depth
    show max a.depth b.depth + 1 + 1 ≤ _
    omega

/-- What a tree over at least one term computes is within the bound of a trace that depends on the terms alone, and
not on the shape of the tree. -/
theorem Evaluates.fits (hc : Constants u η) (hf : ∀ i, Approximates u η (f i) (trace i))
    (hd : ∀ i, (trace i).depth ≤ d) (h : Evaluates (IsRounding u η) f tree x) (nonempty : 0 < tree.size) :
    ∃ t, Approximates u η x t ∧ Fits trace d tree.terms t := by
  induction h with
  | zero => exact absurd nonempty (Nat.lt_irrefl 0)
  | term i =>
    refine ⟨trace i, hf i, (add_zero _).symm, (add_zero _).symm, (add_zero _).symm, ?_⟩
    exact Nat.succ_le_succ (hd i)
  | add hl hr _ _ hz ihl ihr =>
    obtain ⟨a, ha, fa⟩ := ihl hl
    obtain ⟨b, hb, fb⟩ := ihr hr
    exact ⟨a + b, ha.add hc hb hz, fa.add fb hl hr⟩
  | @zeroAdd l r y hl _ ih =>
    have e : (Tree.add l r).terms = r.terms := by
      show l.terms ++ r.terms = _
      rw [terms_of_size l hl, List.nil_append]
    rw [e]
    exact ih (by rw [size_add] at nonempty; omega)
  | @addZero l r y hr _ ih =>
    have e : (Tree.add l r).terms = l.terms := by
      show l.terms ++ r.terms = _
      rw [terms_of_size r hr, List.append_nil]
    rw [e]
    exact ih (by rw [size_add] at nonempty; omega)

end Tree

end Conform.Soundness

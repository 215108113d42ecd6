import Conform.Soundness.DyadicReading

/-!
# Identities of commutative rings, decided

A formula of sums, differences, products and integers is multiplied out into terms `c * x₁ * … * xₙ`; two formulas
are equal in every ring where the terms of their difference cancel. Numbers are read off as formulas by instance
search, with a list of what is to be taken for a variable.

Main definitions: `Conform.Enclosure.Formula`, `Conform.Enclosure.Formula.expand`, the tactic `ring_by`.
Main result: `Conform.Enclosure.Formula.identity`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

/-- A formula in variables, which are numbered. -/
inductive Formula where
  | atom (i : Nat)
  | integer (n : Int)
  | add (s t : Formula)
  | sub (s t : Formula)
  | mul (s t : Formula)

/-- A term: a coefficient, and the numbers of the variables in rising order. -/
abbrev Monomial := Int × List Nat

namespace Formula

/-- Put a variable in its place. -/
def insertVariable (i : Nat) : List Nat → List Nat
  | [] => [i]
  | j :: js => if i ≤ j then i :: j :: js else j :: insertVariable i js

/-- Add a term to the one of the same variables, if there is one. -/
def insertTerm (c : Int) (is : List Nat) : List Monomial → List Monomial
  | [] => if c = 0 then [] else [(c, is)]
  | (d, js) :: ts =>
    if is = js then if c + d = 0 then ts else (c + d, js) :: ts else (d, js) :: insertTerm c is ts

/-- The sum of two sums of terms, the first one times `factor`. -/
def addTerms (factor : Int) : List Monomial → List Monomial → List Monomial
  | [], ts => ts
  | (c, is) :: ss, ts => addTerms factor ss (insertTerm (factor * c) is ts)

/-- A term times each of some terms, added to others. -/
def mulTerm (c : Int) (is : List Nat) : List Monomial → List Monomial → List Monomial
  | [], us => us
  | (d, js) :: ts, us => mulTerm c is ts (insertTerm (c * d) (is.foldr insertVariable js) us)

/-- The product of two sums of terms. -/
def mulTerms : List Monomial → List Monomial → List Monomial
  | [], _ => []
  | (c, is) :: ss, ts => mulTerm c is ts (mulTerms ss ts)

/-- Multiply out. -/
def expand : Formula → List Monomial
  | atom i => [(1, [i])]
  | integer n => if n = 0 then [] else [(n, [])]
  | add s t => addTerms 1 s.expand t.expand
  | sub s t => addTerms (-1) t.expand s.expand
  | mul s t => mulTerms s.expand t.expand

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- The number that the variable stands for. -/
def lookup : List K → Nat → K
  | [], _ => 0
  | a :: _, 0 => a
  | _ :: as, i + 1 => lookup as i

/-- The number that the formula stands for. -/
def denote (as : List K) : Formula → K
  | atom i => lookup as i
  | integer n => ofInt n
  | add s t => s.denote as + t.denote as
  | sub s t => s.denote as - t.denote as
  | mul s t => s.denote as * t.denote as

/-- The product of variables. -/
def product (as : List K) : List Nat → K
  | [] => 1
  | i :: is => lookup as i * product as is

/-- The sum of terms. -/
def total (as : List K) : List Monomial → K
  | [] => 0
  | (c, is) :: ts => ofInt c * product as is + total as ts

variable [BinaryLaws K] (as : List K)

theorem product_insertVariable (i : Nat) (is : List Nat) :
    product as (insertVariable i is) = lookup as i * product as is := by
  induction is with
  | nil => rfl
  | cons j js ih =>
    unfold insertVariable
    split
    · rfl
    · show lookup as j * product as (insertVariable i js) = lookup as i * (lookup as j * product as js)
      rw [ih]
      ac_rfl

theorem product_foldr (is js : List Nat) :
    product as (is.foldr insertVariable js) = product as is * product as js := by
  induction is with
  | nil => exact (one_mul _).symm
  | cons i is ih =>
    show product as (insertVariable i (is.foldr insertVariable js)) = lookup as i * product as is * product as js
    rw [product_insertVariable, ih, mul_assoc]

theorem total_insertTerm (c : Int) (is : List Nat) (ts : List Monomial) :
    total as (insertTerm c is ts) = ofInt c * product as is + total as ts := by
  induction ts with
  | nil =>
    unfold insertTerm
    split
    · next h =>
      subst h
      show (0 : K) = ofInt 0 * product as is + 0
      rw [BinaryLaws.ofInt_zero, zero_mul, add_zero]
    · rfl
  | cons t ts ih =>
    obtain ⟨d, js⟩ := t
    unfold insertTerm
    split
    · next h =>
      subst h
      have e : ofInt c * product as is + (ofInt d * product as is + total as ts) =
          ofInt (c + d) * product as is + total as ts := by
        rw [BinaryLaws.ofInt_add, add_mul, add_assoc]
      show _ = ofInt c * product as is + (ofInt d * product as is + total as ts)
      rw [e]
      split
      · next h =>
        rw [h, BinaryLaws.ofInt_zero, zero_mul, zero_add]
      · rfl
    · show ofInt d * product as js + total as (insertTerm c is ts) =
        ofInt c * product as is + (ofInt d * product as js + total as ts)
      rw [ih]
      ac_rfl

theorem total_addTerms (factor : Int) (ss : List Monomial) : ∀ ts : List Monomial,
    total as (addTerms factor ss ts) = ofInt factor * total as ss + total as ts := by
  induction ss with
  | nil =>
    intro ts
    show total as ts = ofInt factor * 0 + total as ts
    rw [mul_zero, zero_add]
  | cons s ss ih =>
    intro ts
    obtain ⟨c, is⟩ := s
    show total as (addTerms factor ss (insertTerm (factor * c) is ts)) =
      ofInt factor * (ofInt c * product as is + total as ss) + total as ts
    rw [ih, total_insertTerm, BinaryLaws.ofInt_mul, mul_add]
    ac_rfl

theorem total_mulTerm (c : Int) (is : List Nat) (ts : List Monomial) : ∀ us : List Monomial,
    total as (mulTerm c is ts us) = ofInt c * product as is * total as ts + total as us := by
  induction ts with
  | nil =>
    intro us
    show total as us = ofInt c * product as is * 0 + total as us
    rw [mul_zero, zero_add]
  | cons t ts ih =>
    intro us
    obtain ⟨d, js⟩ := t
    show total as (mulTerm c is ts (insertTerm (c * d) (is.foldr insertVariable js) us)) =
      ofInt c * product as is * (ofInt d * product as js + total as ts) + total as us
    rw [ih, total_insertTerm, BinaryLaws.ofInt_mul, product_foldr, mul_add]
    ac_rfl

theorem total_mulTerms (ss ts : List Monomial) : total as (mulTerms ss ts) = total as ss * total as ts := by
  induction ss with
  | nil => exact (zero_mul _).symm
  | cons s ss ih =>
    obtain ⟨c, is⟩ := s
    show total as (mulTerm c is ts (mulTerms ss ts)) = (ofInt c * product as is + total as ss) * total as ts
    rw [total_mulTerm, ih, add_mul]

/-- A difference is a sum with minus one. -/
theorem sub_eq_neg_one_mul_add (a b : K) : a - b = ofInt (-1) * b + a := by
  have e : ofInt (-1) * b + b = (0 : K) := by
    have h : ofInt (-1) * b + ofInt 1 * b = (0 : K) := by
      rw [← add_mul, ← BinaryLaws.ofInt_add]
      show ofInt 0 * b = 0
      rw [BinaryLaws.ofInt_zero, zero_mul]
    rwa [ofInt_one, one_mul] at h
  rw [← add_sub_cancel_right (ofInt (-1) * b + a) b, add_assoc, add_comm a b, ← add_assoc, e, zero_add]

theorem total_expand (t : Formula) : total as t.expand = t.denote as := by
  induction t with
  | atom i =>
    show ofInt 1 * (lookup as i * 1) + 0 = lookup as i
    rw [ofInt_one, one_mul, mul_one, add_zero]
  | integer n =>
    show total as (if n = 0 then [] else [(n, [])]) = ofInt n
    split
    · next h =>
      subst h
      exact BinaryLaws.ofInt_zero.symm
    · show ofInt n * 1 + 0 = ofInt n
      rw [mul_one, add_zero]
  | add s t hs ht =>
    show total as (addTerms 1 s.expand t.expand) = s.denote as + t.denote as
    rw [total_addTerms, hs, ht, ofInt_one, one_mul]
  | sub s t hs ht =>
    show total as (addTerms (-1) t.expand s.expand) = s.denote as - t.denote as
    rw [total_addTerms, hs, ht, sub_eq_neg_one_mul_add]
  | mul s t hs ht =>
    show total as (mulTerms s.expand t.expand) = s.denote as * t.denote as
    rw [total_mulTerms, hs, ht]

/-- Two formulas stand for the same number where the terms of their difference cancel. -/
theorem identity (s t : Formula) (h : (sub s t).expand = []) : s.denote as = t.denote as := by
  have zero := total_expand as (sub s t)
  rw [h] at zero
  have e : (0 : K) = s.denote as - t.denote as := zero
  rw [← zero_add (t.denote as), e, sub_add_cancel]

end Formula

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- The number `a` is at place `i` of the list. -/
class IsAt (as : List K) (a : K) (i : outParam Nat) : Prop where
  lookup_eq : Formula.lookup as i = a

instance isAtHead (a : K) (as : List K) : IsAt (a :: as) a 0 := ⟨rfl⟩

instance isAtTail (a b : K) (as : List K) (i : Nat) [h : IsAt as a i] : IsAt (b :: as) a (i + 1) := ⟨h.lookup_eq⟩

/-- The formula `t` in the numbers of the list stands for `a`. -/
class Reads (as : List K) (a : K) (t : outParam Formula) : Prop where
  denote_eq : t.denote as = a

instance readsZero [BinaryLaws K] (as : List K) : Reads as 0 (.integer 0) := ⟨BinaryLaws.ofInt_zero⟩

instance readsOne [BinaryLaws K] (as : List K) : Reads as 1 (.integer 1) := ⟨ofInt_one K⟩

instance readsInteger (as : List K) (n : Int) : Reads as (ofInt n) (.integer n) := ⟨rfl⟩

instance readsAdd (as : List K) (a b : K) (s t : Formula) [hs : Reads as a s] [ht : Reads as b t] :
    Reads as (a + b) (.add s t) := ⟨by rw [← hs.denote_eq, ← ht.denote_eq]; rfl⟩

instance readsSub (as : List K) (a b : K) (s t : Formula) [hs : Reads as a s] [ht : Reads as b t] :
    Reads as (a - b) (.sub s t) := ⟨by rw [← hs.denote_eq, ← ht.denote_eq]; rfl⟩

instance readsMul (as : List K) (a b : K) (s t : Formula) [hs : Reads as a s] [ht : Reads as b t] :
    Reads as (a * b) (.mul s t) := ⟨by rw [← hs.denote_eq, ← ht.denote_eq]; rfl⟩

instance (priority := high) readsVariable (as : List K) (a : K) (i : Nat) [h : IsAt as a i] :
    Reads as a (.atom i) := ⟨h.lookup_eq⟩

/-- Numbers that are read as formulas are equal where the formulas are. -/
theorem eq_of_reads [BinaryLaws K] (as : List K) {a b : K} {s t : Formula} [hs : Reads as a s] [ht : Reads as b t]
    (h : (Formula.sub s t).expand = []) : a = b := by
  rw [← hs.denote_eq, ← ht.denote_eq]
  exact Formula.identity as s t h

/-- `ring_by [x, y]` proves an identity of sums, differences, products and integers in `x` and `y`. -/
macro "ring_by" "[" as:term,* "]" : tactic => `(tactic| exact eq_of_reads [$as,*] (by decide))

end Conform.Enclosure

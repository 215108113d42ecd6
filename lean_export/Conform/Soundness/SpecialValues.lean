import Conform.Ext
import Conform.Soundness.Tree

/-!
# Special values do not depend on the order of summation

Whether a sum is finite, an infinity of one sign, or nan depends only on which of these its terms are: any nan, or
infinities of both signs, give nan; else an infinity wins. So the special value of a vector holds for every order.

Main definitions: `Conform.Soundness.Kind`, `Conform.Soundness.kind`.
Main results: `Conform.Soundness.kind_add`, `Conform.Soundness.Tree.kind_eq`.

Reference: IEEE 754-2019, §6.1 and §6.2.
-/

namespace Conform.Soundness

/-- A finite number, an infinity, or nan. -/
inductive Kind where
  | finite
  | inf (negative : Bool)
  | nan
  deriving DecidableEq

namespace Kind

/-- The kind of a sum. -/
protected def add : Kind → Kind → Kind
  | finite, b => b
  | a, finite => a
  | inf s, inf t => if s = t then inf s else nan
  | _, _ => nan

instance : Add Kind := ⟨Kind.add⟩

/-- Which comes first does not matter. -/
theorem add_comm (a b : Kind) : a + b = b + a := by
  rcases a with _ | (_ | _) | _ <;> rcases b with _ | (_ | _) | _ <;> rfl

/-- Nor does the grouping. -/
theorem add_assoc (a b c : Kind) : a + b + c = a + (b + c) := by
  rcases a with _ | (_ | _) | _ <;> rcases b with _ | (_ | _) | _ <;> rcases c with _ | (_ | _) | _ <;> rfl

/-- The kind of a sum of many. -/
def sum : List Kind → Kind
  | [] => finite
  | a :: l => a + sum l

/-- The kind of a sum of two sums. -/
theorem sum_append (l l' : List Kind) : sum (l ++ l') = sum l + sum l' := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    show a + sum (l ++ l') = a + sum l + sum l'
    rw [ih, add_assoc]

/-- The order of many does not matter. -/
theorem sum_perm {l l' : List Kind} (h : l.Perm l') : sum l = sum l' := by
  induction h with
  | nil => rfl
  | cons a _ ih => exact congrArg (a + ·) ih
  | swap a b l =>
    show b + (a + sum l) = a + (b + sum l)
    rw [← add_assoc, add_comm b a, add_assoc]
  | trans _ _ ih ih' => exact ih.trans ih'

end Kind

/-- The kind of an extended number. -/
def kind : Ext → Kind
  | .finite _ => .finite
  | .negZero => .finite
  | .inf negative => .inf negative
  | .nan => .nan

/-- The kind of a sum is made of the kinds of its terms. -/
theorem kind_add (x y : Ext) : kind (x + y) = kind x + kind y := by
  cases x with
  | inf s =>
    cases y with
    | inf t => cases s <;> cases t <;> rfl
    | finite _ => rfl
    | negZero => rfl
    | nan => rfl
  | finite _ => cases y <;> rfl
  | negZero => cases y <;> rfl
  | nan => cases y <;> rfl

namespace Tree

variable {ι : Type} {f : ι → Ext} {tree tree' : Tree ι} {x y : Ext}

/-- A tree of exact additions gives the kind that the kinds of its terms make. -/
theorem kind_eval (h : Evaluates (fun exact result => result = exact) f tree x) :
    kind x = Kind.sum (tree.terms.map fun i => kind (f i)) := by
  induction h with
  | zero => rfl
  | term i =>
    show kind (f i) = kind (f i) + Kind.finite
    rw [Kind.add_comm]
    rfl
  | @add l r x y z _ _ _ _ hz ihl ihr =>
    show kind z = Kind.sum ((l.terms ++ r.terms).map _)
    rw [hz, kind_add, ihl, ihr, List.map_append, Kind.sum_append]
  | @zeroAdd l r y hl _ ih =>
    show kind y = Kind.sum ((l.terms ++ r.terms).map _)
    rw [terms_of_size l hl, List.nil_append]
    exact ih
  | @addZero l r x hr _ ih =>
    show kind x = Kind.sum ((l.terms ++ r.terms).map _)
    rw [terms_of_size r hr, List.append_nil]
    exact ih

/-- Two orders of summation agree on finite, infinite and nan. -/
theorem kind_eq (order : tree.terms.Perm tree'.terms)
    (h : Evaluates (fun exact result => result = exact) f tree x)
    (h' : Evaluates (fun exact result => result = exact) f tree' y) : kind x = kind y := by
  rw [kind_eval h, kind_eval h', Kind.sum_perm (order.map _)]

end Tree

end Conform.Soundness

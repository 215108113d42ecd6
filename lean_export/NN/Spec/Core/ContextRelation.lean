import NN.Spec.Core.Context
import NN.Spec.Core.Relation

/-!
# Reading one definition of a `Context` under two scalars

A relation between two scalar types that every field of `Context` keeps is kept by every definition that is built from
them: where a definition branches, both readings have to take the same branch, which `decided` is about.

Main definition: `Spec.RespectsContext`.
Main results: `Spec.RespectsContext.ite`, `Spec.RespectsContext.sumFin`.
-/

namespace Spec

/-- The relation is kept by every field of `Context`; comparisons of what is `decided` come out alike. -/
structure RespectsContext {α β : Type} [Context α] [Context β] (R : α → β → Prop) (decided : β → β → Prop) : Prop where
  default : R default default
  one : R 1 1
  zero : R 0 0
  add : ∀ {a a' b b'}, R a b → R a' b' → R (a + a') (b + b')
  sub : ∀ {a a' b b'}, R a b → R a' b' → R (a - a') (b - b')
  mul : ∀ {a a' b b'}, R a b → R a' b' → R (a * a') (b * b')
  div : ∀ {a a' b b'}, R a b → R a' b' → R (a / a') (b / b')
  neg : ∀ {a b}, R a b → R (-a) (-b)
  pow : ∀ {a a' b b'}, R a b → R a' b' → R (a ^ a') (b ^ b')
  max : ∀ {a a' b b'}, R a b → R a' b' → R (max a a') (max b b')
  min : ∀ {a a' b b'}, R a b → R a' b' → R (min a a') (min b b')
  exp : ∀ {a b}, R a b → R (MathFunctions.exp a) (MathFunctions.exp b)
  tanh : ∀ {a b}, R a b → R (MathFunctions.tanh a) (MathFunctions.tanh b)
  cosh : ∀ {a b}, R a b → R (MathFunctions.cosh a) (MathFunctions.cosh b)
  sqrt : ∀ {a b}, R a b → R (MathFunctions.sqrt a) (MathFunctions.sqrt b)
  abs : ∀ {a b}, R a b → R (MathFunctions.abs a) (MathFunctions.abs b)
  log : ∀ {a b}, R a b → R (MathFunctions.log a) (MathFunctions.log b)
  pi : R MathFunctions.pi MathFunctions.pi
  cos : ∀ {a b}, R a b → R (MathFunctions.cos a) (MathFunctions.cos b)
  sin : ∀ {a b}, R a b → R (MathFunctions.sin a) (MathFunctions.sin b)
  sinh : ∀ {a b}, R a b → R (MathFunctions.sinh a) (MathFunctions.sinh b)
  neg_point_five : R Numbers.neg_point_five Numbers.neg_point_five
  neg_one : R Numbers.neg_one Numbers.neg_one
  pointone : R Numbers.pointone Numbers.pointone
  pointfive : R Numbers.pointfive Numbers.pointfive
  two : R Numbers.two Numbers.two
  three : R Numbers.three Numbers.three
  four : R Numbers.four Numbers.four
  five : R Numbers.five Numbers.five
  ten : R Numbers.ten Numbers.ten
  log10 : R Numbers.log10 Numbers.log10
  log10000 : R Numbers.log10000 Numbers.log10000
  epsilon : R Numbers.epsilon Numbers.epsilon
  natCast : ∀ n : Nat, R (n : α) (n : β)
  gt : ∀ {a a' b b'}, R a b → R a' b' → decided b b' → (a > a' ↔ b > b')
  le : ∀ {a a' b b'}, R a b → R a' b' → decided b b' → (a ≤ a' ↔ b ≤ b')
  beq : ∀ {a a' b b'}, R a b → R a' b' → decided b b' → (a == a') = (b == b')

namespace RespectsContext

variable {α β : Type} [Context α] [Context β] {R : α → β → Prop} {decided : β → β → Prop} {n : Nat}

/-- Sums and products among them. -/
theorem arithmetic (h : RespectsContext R decided) : RespectsArithmetic R := ⟨h.zero, h.add, h.mul⟩

/-- Where the comparison is decided, both readings take the same branch. -/
theorem ite (h : RespectsContext R decided) {a a' c c' : α} {b b' d d' : β} (ha : R a b) (ha' : R a' b')
    (hd : decided b b') (first : R c d) (second : R c' d') :
    R (if a > a' then c else c') (if b > b' then d else d') := by
  by_cases hb : b > b'
  · rw [if_pos hb, if_pos ((h.gt ha ha' hd).mpr hb)]
    exact first
  · rw [if_neg hb, if_neg fun s => hb ((h.gt ha ha' hd).mp s)]
    exact second

/-- Sums of related terms are related. -/
theorem sumFin (h : RespectsContext R decided) {f : Fin n → α} {g : Fin n → β} (hf : ∀ i, R (f i) (g i)) :
    R (Spec.sumFin n f) (Spec.sumFin n g) :=
  related_sumFin h.arithmetic hf

end RespectsContext

end Spec

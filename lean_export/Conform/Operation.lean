import Conform.Families
import Conform.Register
import Conform.TensorAccess
import NN.Spec.Core.Context

/-!
# Operations

What the exporter needs to know of a definition of the spec: how to call it on flat arrays, the symbolic shapes of its
parameters and results, its attributes, the sums that its results are, and the families that suit it.

Main definition: `Conform.Operation`.
-/

namespace Conform

/-- A definition of the spec, callable on flat arrays in row-major order. -/
structure Operation where
  name : String
  layer : String := "linear"
  /-- The name of the definition in Lean. -/
  definition : String
  /-- The revision of TorchLean whose text the definition follows. -/
  upstream : String
  /-- In which way it is another function than upstream's, if it is. -/
  deviates : Option String := none
  summary : String
  attributes : List Attribute := []
  parameters : List Parameter
  results : List Parameter
  /-- What the results sum; a result that is left out is no sum of products of inputs. -/
  sums : List Sum := []
  /-- What the families aim at where it is not the sums: the arguments of a function as left factors, along an axis where
  it has one; other factors; and what is added. -/
  targets : List Sum := []
  families : List Family
  /-- The definition divides or has functions: its results are not sums of products of inputs. -/
  beyond : Bool := false
  /-- Run the definition at any scalar type: sizes and attributes, and arguments in, results out. -/
  run : {α : Type} → [Context α] → Sizes → List (Array α) → List (List α)

namespace Operation

/-- The sums that the families aim at, in turn: a copy needs no cases of its own beside other sums. -/
def aims (op : Operation) : List Sum :=
  if !op.targets.isEmpty then op.targets else if op.sums.all (·.isCopy) then op.sums else op.sums.filter (!·.isCopy)

/-- One dimension of every symbol that the parameters have, in alphabetical order; of `batch` and `batch+1` the
greater. Computed dimensions follow from these. -/
def dims (op : Operation) : List Dim :=
  let all := (op.parameters.flatMap (·.shape)).eraseDups.filter (·.base.isSome)
  let greatest := all.filter fun d => all.all fun e => e.symbol != d.symbol || e.offset ≤ d.offset
  greatest.mergeSort fun a b => a.symbol < b.symbol || a.symbol = b.symbol

/-- The greatest number of terms in any of the sums. -/
def mostTerms (op : Operation) (sizes : Sizes) : Nat :=
  op.aims.foldl (fun n s => max n (s.terms sizes)) 1

/-- The attributes of the cases numbered `n`: each takes its values in turn, those of the next more slowly. -/
def attributesAt (op : Operation) (n : Nat) : Sizes :=
  (op.attributes.foldl (fun (chosen, n) a =>
    let count := max 1 a.values.length
    (chosen ++ [(a.name, a.values.getD (n % count) a.least)], n / count)) (([] : Sizes), n)).1

end Operation

end Conform

import Conform.Reading
import Conform.TracedOrder
import Conform.Registry
import Conform.Traced
import Conform.Theorems

/-!
# Tests of the operations on cases worked by hand

Weights `[[1, 2, 3], [4, 5, 6]]`, bias `[10, 20]`, input `[1, -1, 2]`, output gradient `[2, -3]`; in a batch of two
the second example is `[0, 1, 1]` with the output gradient `[5, 7]`.
-/

namespace Conform

private def sizes : Sizes := [("batch", 2), ("inDim", 3), ("outDim", 2)]
private def weights : Array Int := #[1, 2, 3, 4, 5, 6]
private def bias : Array Int := #[10, 20]
private def x : Array Int := #[1, -1, 2]
private def xs : Array Int := #[1, -1, 2, 0, 1, 1]
private def g : Array Int := #[2, -3]
private def gs : Array Int := #[2, -3, 5, 7]

#guard Operations.linear.run sizes [weights, bias, x] = [[15, 31]]
#guard Operations.linearBatched.run sizes [weights, bias, xs] = [[15, 31, 15, 31]]
#guard Operations.linearWeightsDeriv.run sizes [x, g] = [[2, -2, 4, -3, 3, -6]]
#guard Operations.linearBiasDeriv.run sizes [weights, g, x] = [[2, -3]]
#guard Operations.linearInputDeriv.run sizes [weights, g] = [[-10, -11, -12]]
#guard Operations.linearBackward.run sizes [weights, bias, x, g] = [[2, -2, 4, -3, 3, -6], [2, -3], [-10, -11, -12]]
#guard Operations.batchLinearDeriv.run [("batch", 1), ("inDim", 3), ("outDim", 2)] [weights, xs, gs] =
  [[2, 3, 9, -3, 10, 1], [7, 4], [-10, -11, -12, 33, 45, 57]]
#guard Operations.linearGradientAccumulate.run sizes [weights, #[1, 1, 1, -1, -1, -1]] = [[2, 3, 4, 3, 4, 5]]
#guard Operations.linearGradientScale.run sizes [weights, #[-2]] = [[-2, -4, -6, -8, -10, -12]]

/-! Nothing to sum: the bias alone. No result: no element. -/
#guard Operations.linear.run [("inDim", 0), ("outDim", 2)] [#[], bias, #[]] = [[10, 20]]
#guard Operations.linear.run [("inDim", 3), ("outDim", 0)] [#[], #[], x] = [[]]
#guard Operations.linearInputDeriv.run [("inDim", 2), ("outDim", 0)] [#[], (#[] : Array Int)] = [[0, 0]]

/-! At the traced scalar, every addition counts, that with zero and that of the bias too. -/
private def traced (xs : Array Int) : Array Traced := xs.map fun m => .ofExt (number m)
private def outputs (op : Operation) (args : List (Array Int)) : List Traced := (op.run sizes (args.map traced)).flatten

#guard (outputs Operations.linear [weights, bias, x]).map (·.value) = [number 15, number 31]
#guard (outputs Operations.linear [weights, bias, x]).map (·.magnitude) = [number 19, number 41]
#guard (outputs Operations.linear [weights, bias, x]).map (·.depth) = [5, 5]
#guard (outputs Operations.linear [weights, bias, x]).map (·.underflow) = [⟨7, 0⟩, ⟨7, 0⟩]
/-! `1 1`, `2 -1`, `3 2` and `10` are multiples of one; `4 1`, `5 -1`, `6 2` and `20` too. -/
#guard (outputs Operations.linear [weights, bias, x]).map (·.quantum) = [some 0, some 0]
#guard (outputs Operations.linearWeightsDeriv [x, g]).map (·.depth) = [1, 1, 1, 1, 1, 1]
#guard (outputs Operations.linearWeightsDeriv [x, g]).map (·.quantum) = [some 1, some 1, some 2, some 0, some 0, some 1]
#guard (outputs Operations.linearBiasDeriv [weights, g, x]).map (·.depth) = [0, 0]
#guard (outputs Operations.linearGradientAccumulate [weights, weights]).map (·.depth) = [1, 1, 1, 1, 1, 1]
/-! `db` of a batch of three folds three gradients from zero, and so does every element of `dW`. -/
#guard ((Operations.batchLinearDeriv.run [("batch", 2), ("inDim", 1), ("outDim", 1)]
  [traced #[3], traced #[1, 2, 4], traced #[5, 6, 7]]).flatten.map (·.depth)) = [4, 3, 2, 2, 2]

/-! The floating-point reading, in single precision: `2 ^ 24 + 1 - 2 ^ 24` loses the one. -/
private def three : Sizes := [("inDim", 3), ("outDim", 1)]
#guard Operations.linear.run three [#[(1 : Float32), 1, 1], #[0], #[16777216, 1, -16777216]] == [[0]]
#guard Operations.linear.run three [#[(1 : Float), 1, 1], #[0], #[16777216, 1, -16777216]] == [[1]]

/-! The registry: names are unique, and every sum names a result and parameters of its operation. -/
#guard !registry.isEmpty && (registry.map (·.name)).eraseDups.length = registry.length
#guard registry.all fun op => op.sums.all fun s => op.results.any (·.name = s.result) &&
  (s.left.toList ++ s.right.toList ++ s.addends).all fun name => op.parameters.any (·.name = name)
#guard registry.all fun op => (op.sums.map (·.result)).eraseDups.length = op.sums.length
#guard registry.all fun op => op.attributes.all fun a => !a.values.isEmpty && a.values.all (a.least ≤ ·)
#guard registry.all fun op => op.sums.all fun s => s.left.isSome = s.right.isSome

/-! Tensors of any rank, from arrays and back; and theorems are cited for what there is. -/
#guard elements (tensorOf (shapeOf [2, 3, 2]) (Array.range 12)) = List.range 12
#guard elements (tensorOf (shapeOf []) #[7]) = [7] && elements (tensorOf (shapeOf [3, 0]) (#[] : Array Int)) = []
#guard citations.all fun c => registry.any fun op => op.name = c.operation && op.results.any (·.name = c.result)

#guard registry.all fun op => (op.families.map (·.name)).eraseDups.length = op.families.length

end Conform

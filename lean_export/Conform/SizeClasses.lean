import Conform.Operation

/-!
# Sizes of a class, for an operation

Main definitions: `Conform.Profile`, `Conform.SizeClass.sizes`.
-/

namespace Conform

/-- How much to generate: `full` has about ten times the cases of `core`, larger ones among them. -/
inductive Profile where
  | core
  | full
  deriving DecidableEq, Repr, Inhabited

/-- As it is written in the manifest. -/
def Profile.name : Profile → String
  | core => "core"
  | full => "full"

/-- Sizes that give each dimension the value asked for, or the nearest that its offset allows. -/
def assign (dims : List Dim) (value : Nat → Dim → Nat) : Sizes :=
  dims.zipIdx.map fun (d, i) => (d.symbol, value i d - d.offset)

/-- Sizes from a pattern. Operations with fewer dimensions take its end. -/
def assignPattern (dims : List Dim) (pattern : List Nat) : Sizes :=
  let skip := pattern.length - dims.length
  assign dims fun i _ => pattern.getD ((i + skip) % pattern.length) 1

/-- Sizes with `n` terms along the axis of the sum, and `other` for all other dimensions. Without an axis the last
dimension takes its place. -/
def assignAxis (dims : List Dim) (sum : Sum) (n : Nat) (other : Nat) : Sizes :=
  let axis := sum.axis <|> dims.getLast?
  assign dims fun _ d => if some d.symbol = axis.map (·.symbol) then n else other

/-- More than a thousand results, and no sum of more than a thousand terms: sums as long as that have a class of their
own, whose cases have as many results wherever the axis of a sum is a dimension of a result. -/
def hasManyResults (op : Operation) (sizes : Sizes) : Bool :=
  op.results.any (·.count sizes > 1000) && op.aims.all (·.length sizes ≤ 1000)

/-- Sizes of one case with 65,538 weights and 32,769 columns where weights are a factor, and of further ones until every
result has had 32,769 elements. Where no dimension has a name of these, the first one of a result is stretched. -/
def largeSizes (op : Operation) : List Sizes :=
  let isMatrix (p : Parameter) := p.shape.length = 2 && p.shape.all (·.offset = 0)
  let factors := (op.sums.filter (·.axis.isSome)).flatMap fun s => s.left.toList ++ s.right.toList
  let weights := op.parameters.filter fun p => factors.contains p.name && isMatrix p && !p.shape.contains "batch"
  let stretch (long : Dim) (other : Nat) : Sizes :=
    assign op.dims fun _ d => if d = long then 32769 else if d = "outDim" then other else 1
  let many (sizes : Sizes) (p : Parameter) : Bool := p.count sizes > 32768
  let first := stretch "inDim" (if weights.isEmpty then 1 else 2)
  let second := stretch "outDim" 1
  if !op.dims.any (fun d => d = "inDim" || d = "outDim") then
    let long := (op.results.flatMap (·.shape)).find? (op.dims.contains ·)
    (long.toList).map fun long => stretch long 1
  else if op.results.all (many first) then [first]
  else if op.results.all (many second) && weights.isEmpty then [second]
  else [first, second]

namespace SizeClass

/-- The sizes of a class for a sum of an operation, to be taken in turn. -/
def sizes (profile : Profile) (op : Operation) (sum : Sum) (c : SizeClass) : List Sizes :=
  let dims := op.dims
  let pattern := assignPattern dims
  let axis := assignAxis dims sum
  let more (xs : List Sizes) : List Sizes := if profile = .full then xs else []
  match c with
  | square =>
    [[3, 3, 3], [4, 4, 4], [2, 2, 2], [8, 8, 8]].map pattern ++
      more ([[5, 5, 5], [6, 6, 6], [12, 12, 12]].map pattern)
  | nonSquare =>
    [[2, 3, 5], [3, 5, 2], [4, 2, 6], [2, 7, 4], [3, 4, 9]].map pattern ++
      more ([[5, 16, 3], [7, 12, 10], [3, 6, 25], [2, 33, 4]].map pattern)
  | prime =>
    [[2, 5, 7], [3, 7, 3], [5, 11, 2], [2, 3, 13]].map pattern ++
      more ([[7, 13, 5], [3, 17, 11], [5, 23, 2]].map pattern)
  | sizeOne =>
    [pattern [1, 1, 1]] ++ dims.map (fun one => assign dims fun i d => if d = one then 1 else 2 + (i + 1) % 3) ++
      more (dims.map fun one => assign dims fun i d => if d = one then 1 else 7 + 2 * i)
  | empty =>
    let bare := dims.filter (·.offset = 0)
    bare.map (fun zero => assign dims fun i d => if d = zero then 0 else 2 + i) ++ [pattern [0, 0, 0]]
  | tail =>
    [axis 17 2, axis 65 1, axis 9 3, axis 33 2, axis 63 1, axis 5 3] ++
      more [axis 129 2, axis 127 3, axis 65 5, axis 31 6]
  | row => [axis rowLength 1]
  | few => [axis 1 4, axis 3 3, axis 2 5, axis 4 2]
  | probe => [axis 3 8, axis 4 8, axis 17 8, axis 8 8, axis 33 8] ++ more [axis 65 8]
  | long => [axis 257 1]
  | longer => [axis 257 2, axis 1025 1, axis 257 1] ++ more [axis 1025 3, axis 513 5, axis 2049 2]
  | longest => [axis 4097 1] ++ more [axis 4097 2, axis 4099 1]
  | many =>
    let wide := if dims.length > 2 then [[33, 1, 32], [33, 32, 1], [1, 1, 1031]] else [[1031, 1], [1, 1031]]
    let all := wide ++ if profile = .full then [[41, 37, 29], [1, 17, 241], [1, 4097, 1], [1, 1, 4099]] else []
    (all.map pattern).filter (hasManyResults op)
  | tiles => [[35, 33, 37], [19, 18, 21]].map pattern
  | wide => dims.map fun long => assign dims fun _ d => if d = long then 131 else 3
  | aligned => [axis 512 1, axis 4096 1, axis 511 1, axis 4095 1]
  | far => [axis 4098 2]
  | halves => [axis 514 2]
  | single =>
    let one (name : Option String) : Sizes :=
      let shape := ((op.parameters.find? fun p => some p.name = name).map (·.shape)).getD []
      assign dims fun _ d => if shape.any (·.symbol = d.symbol) then 1 else 3
    [one sum.left, one sum.right]
  | large => largeSizes op

end SizeClass

/-- Whether `n` is prime, by trial division. -/
def isPrime (n : Nat) : Bool := n ≥ 2 && (List.range n).all fun d => d < 2 || n % d != 0

/-- The traits that sizes alone give a case. -/
def sizeTraits (dims : List Dim) (terms : Nat) (sizes : Sizes) : List String :=
  let values := dims.map (·.eval sizes)
  let equal := values.all (some · = values.head?)
  (if values.contains 0 then ["empty"] else []) ++
    (if values.contains 1 then ["size-one"] else []) ++
    (if values.length ≥ 2 && !values.contains 0 then
      (if !equal then ["non-square"] else if values.contains 1 then [] else ["square"]) else []) ++
    (if values.all isPrime then ["prime"] else []) ++
    (if terms ≥ 257 then ["long-sum"] else [])

end Conform

import Conform.Beyond
import Conform.Formula
import Conform.Reading
import Conform.SizeClasses
import Conform.TracedOrder

/-!
# Cases

A case is an operation, a format, sizes and inputs; its results are one run of the definition at the traced scalar.

Main definitions: `Conform.Case`, `Conform.Blueprint`, `Conform.Blueprint.build`.
-/

namespace Conform

/-- A test vector. -/
structure Case where
  id : String
  format : Format
  sizes : Sizes
  attributes : Sizes := []
  flags : List String
  inputs : List (String × Array Ext)
  results : List (String × Elements)
  /-- Runs of equal entries are written once, with their number. -/
  compact : Bool := false

/-- All that determines a case. -/
structure Blueprint where
  operation : Operation
  family : Family
  format : Format
  sum : Sum
  sizes : Sizes
  attributes : Sizes := []
  /-- The number of the case in its family, for its operation and format. -/
  variant : Nat
  /-- The number of the case among those with the same operation, family, format and sizes. -/
  number : Nat

namespace Blueprint

/-- Sizes and attributes together: what dimensions are computed from, and what a definition is told. -/
def scope (b : Blueprint) : Sizes := if b.attributes.isEmpty then b.sizes else b.sizes ++ b.attributes

/-- The identifier of the case: operation, family, format, sizes and attributes, number. -/
def id (b : Blueprint) : String :=
  let sizes := ",".intercalate (b.scope.map fun (symbol, n) => s!"{symbol}={n}")
  s!"{b.operation.name}/{b.family.name}/{b.format.name}/{sizes}#{b.number}"

/-- Ranks of `n` positions in a random order: shuffled from the end, after Fisher and Yates. -/
def shuffle (n : Nat) (s : SplitMix64) : Array Nat :=
  (List.range n).foldl (fun a k =>
    let i := n - 1 - k
    let j := s.below i (i + 1)
    let (x, y) := (a.getD i 0, a.getD j 0)
    (a.setIfInBounds i y).setIfInBounds j x) (List.range n).toArray

/-- What the family is told. -/
def context (b : Blueprint) (seed : Nat) : FamilyContext :=
  let stream := SplitMix64.ofText seed b.id
  let terms := b.sum.terms b.scope
  { format := b.format
    sum := b.sum
    terms
    length := b.sum.length b.scope
    mostTerms := b.operation.mostTerms b.scope
    manySums := b.operation.aims.length > 1
    variant := b.variant
    stream
    ranks := shuffle terms (stream.child 5) }

/-- The place along the axes of a sum of element `index` of a parameter, how many places there are, and the number of
the element among those of its place. A window reads an element at several places; here it is at the one that it has
where windows do not overlap. -/
def placeAlong (b : Blueprint) (p : Parameter) (index : Nat) : Nat × Nat × Nat :=
  let extents := p.shape.map (·.eval b.scope)
  let coordinates := (extents.foldr (fun n (rest, cs) => (rest / max n 1, rest % max n 1 :: cs)) (index, [])).2
  -- Of each dimension: its axis with the place along it, and what is left of the coordinate, with its extent.
  let parts := (p.shape.zip (extents.zip coordinates)).zipIdx.map fun ((d, n, c), i) =>
    match b.sum.windows.find? (fun w : Window => w.parameter = p.name && w.dimension = i) with
    | some w =>
      let along := max 1 ((b.sum.axes.getD w.axis 1).eval b.scope)
      (some (w.axis, c % along), c / along, (n + along - 1) / along)
    | none => if b.sum.axes.contains d then (some (b.sum.axes.findIdx (· = d), c), 0, 1) else (none, c, n)
  let (position, count) := b.sum.axes.zipIdx.foldl (fun (position, count) (axis, k) =>
    match parts.findSome? fun (place, _) => place.bind fun (i, c) => if i = k then some c else none with
    | some c => let n := axis.eval b.scope; (position * n + c, count * n)
    | none => (position, count)) (0, 1)
  (position, count, parts.foldl (fun row (_, c, n) => row * n + c) 0)

/-- The place of element `index` of a parameter in the sum that the case aims at. -/
def site (b : Blueprint) (p : Parameter) (index : Nat) : Site :=
  let sum := b.sum
  let addend := sum.addends.findIdx (· = p.name)
  let role : Role :=
    if sum.left = some p.name then .left
    else if sum.right = some p.name then .right
    else if addend < sum.addends.length then .addend
    else .unused
  let beside : Site := { role, position := if role = .addend then sum.length b.scope + addend else 0, row := index }
  match sum.axes with
  | [] => beside
  | [axis] =>
    if p.shape.contains axis then
      -- Elements between two neighbours along the axis.
      let stride := (p.shape.drop (p.shape.findIdx (· = axis) + 1)).foldl (fun n d => n * d.eval b.scope) 1
      let n := axis.eval b.scope
      { role, position := index / stride % n, row := index / (stride * n) * stride + index % stride }
    else if sum.windows.isEmpty then beside
    else
      let (position, count, row) := b.placeAlong p index
      if count ≤ 1 then beside else { role, position, row }
  | _ =>
    let (position, count, row) := b.placeAlong p index
    if count ≤ 1 then beside else { role, position, row }

/-- The elements of a parameter. -/
def fillParameter (b : Blueprint) (c : FamilyContext) (p : Parameter) : Array Ext :=
  (List.range (p.count b.scope)).foldl (fun xs i => xs.push (b.family.fill c (b.site p i))) #[]

/-- The traits that inputs and results give a case. -/
def dataTraits (f : Format) (inputs : List (Array Ext)) (results : List (List Traced))
    (beyond : List (List BeyondElement)) : List String :=
  let holds (p : Ext → Bool) : Bool := inputs.any fun xs => xs.any p
  let isInf : Ext → Bool | .inf _ => true | _ => false
  (if holds (· = .nan) then ["nan"] else []) ++
    (if holds isInf then ["inf"] else []) ++
    (if holds f.isSubnormal then ["subnormal"] else []) ++
    (if holds (· = .negZero) then ["negative-zero"] else []) ++
    (if results.any (fun ys => ys.any fun y => !(y.peak ≤ f.largest)) ||
      beyond.any (fun ys => ys.any fun y => y.overflows f) then ["overflow"] else [])

/-- An input that the format does not have, or an integer result that it does not have: a defect of the family. -/
def findDefect (b : Blueprint) (inputs : List (Array Ext)) (results : List (List Traced)) : Option String :=
  if inputs.any fun xs => xs.any fun x => !b.format.represents x then
    some s!"{b.id}: an input is not representable in {b.format.name}"
  else if !b.format.isInteger || b.operation.beyond then none
  else if results.any fun ys => ys.any fun y => !(y.peak ≤ b.format.largest) then
    some s!"{b.id}: a sum leaves the range of {b.format.name}"
  else
    let asInt (x : Ext) : Int := x.finitePart.mantissaAt 0
    let exact := b.operation.run b.scope (inputs.map fun xs => xs.map asInt)
    if exact = results.map (·.map (asInt ·.value)) then none
    else some s!"{b.id}: the readings at Int and at the traced scalar differ"

/-- An integer has no negative zero, though a traced product has one where a factor is zero and the other negative. -/
def readInteger (y : Traced) : Traced := if y.value = .negZero then { y with value := 0 } else y

/-- Comparisons of computed numbers have a part in the results. -/
def comparesComputed (b : Blueprint) (inputs : List (Array Ext)) : Bool :=
  let steps (outcome : Bool) : List (List UInt64) :=
    let results : List (List (Formula outcome)) := b.operation.run b.scope (inputs.map fun xs => xs.map .known)
    results.map (·.map (·.steps))
  steps false != steps true

/-- The results at the scalar beyond the ring. Elements that differ when comparisons that rounding may decide either way
are decided the one way and the other are undecided. -/
def runBeyond (b : Blueprint) (table : FunctionTable) (inputs : List (Array Ext)) : List (List BeyondElement) :=
  let setting := Setting.of table b.format
  let at_ (tie : Bool) : List (List BeyondElement) :=
    let results : List (List (Beyond { setting with tie })) :=
      b.operation.run b.scope (inputs.map fun xs => xs.map Beyond.ofExt)
    results.map Beyond.readAll
  if b.comparesComputed inputs then
    List.zipWith (List.zipWith fun x y => if x = y then x else x.undecided) (at_ false) (at_ true)
  else at_ false

/-- Fill the parameters and run the definition. -/
def build (b : Blueprint) (seed : Nat) (table : FunctionTable := .openCL) : Except String Case := do
  let c := b.context seed
  let op := b.operation
  let inputs := op.parameters.map (b.fillParameter c)
  let traced := if op.beyond then [] else op.run b.scope (inputs.map fun xs => xs.map Traced.ofExt)
  let results := if b.format.isInteger then traced.map (·.map readInteger) else traced
  if let some defect := b.findDefect inputs results then throw defect
  let beyond := if op.beyond then b.runBeyond table inputs else []
  let traits := sizeTraits op.dims (op.mostTerms b.scope) b.sizes ++ dataTraits b.format inputs results beyond
  return {
    id := b.id
    format := b.format
    sizes := b.sizes
    attributes := b.attributes
    flags := b.family.name :: traits
    inputs := op.parameters.map (·.name) |>.zip inputs
    results := op.results.map (·.name) |>.zip (if op.beyond then beyond.map .beyond else results.map .ring)
    compact := b.family.compact }

end Blueprint

end Conform

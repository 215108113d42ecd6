import Conform.Case

/-!
# Which cases there are

For every operation, format and family: the family's classes of sizes, the sizes of a class in turn, the sums of the
operation in turn.

Main definitions: `Conform.planOperation`.
-/

namespace Conform

/-- How many cases of a class the profile makes of one of the core profile. Large ones are fewer. -/
def Profile.repetitions : Profile → SizeClass → Nat
  | core, _ => 1
  | full, .long => 3
  | full, .longer => 3
  | full, .longest => 3
  | full, .many => 3
  | full, .tiles => 1
  | full, .aligned => 1
  | full, .far => 1
  | full, .halves => 1
  | full, .large => 1
  | full, _ => 11

/-- The cases of a family, for an operation and a format. The offset varies where the turns start. -/
def planFamily (profile : Profile) (op : Operation) (family : Family) (format : Format) (offset : Nat) :
    List Blueprint :=
  let sums := op.aims.filter family.suits
  let slots := family.classes.flatMap fun (c, n) =>
    -- Nothing is made twice just because the operation has fewer dimensions than another.
    let distinct := min n (c.sizes profile op default).length
    (List.range (distinct * profile.repetitions c)).map fun k => (c, k)
  -- Scenarios that outnumber the slots go through the classes again.
  let missing := if family.scenarios = 1 then 0 else family.scenarios * sums.length - slots.length
  let again := (List.range missing).filterMap fun k => slots[k % max 1 slots.length]?.map fun (c, i) => (c, i + 1)
  let inTurn := (slots ++ again).zipIdx.filterMap fun ((c, k), variant) =>
    sums[(variant / family.scenarios + offset) % max 1 sums.length]?.map fun sum => (sum, c, k + offset)
  let forEach := sums.flatMap fun sum => family.forEachSum.flatMap fun (c, n) =>
    (List.range (n * profile.repetitions c)).map fun k => (sum, c, k)
  let drafts := (inTurn ++ forEach).zipIdx.filterMap fun ((sum, c, k), variant) =>
    let choices := c.sizes profile op sum
    choices[k % max 1 choices.length]?.map fun sizes => (sum, sizes, variant)
  -- Cases with equal sizes and attributes are numbered.
  (drafts.foldl (fun (seen, made) (sum, sizes, variant) =>
    let attributes := op.attributesAt (variant + offset)
    let scope := sizes ++ attributes
    let number := (seen.filter (· = scope)).length
    (scope :: seen, { operation := op, family, format, sum, sizes, attributes, variant, number } :: made))
    (([], []) : List Sizes × List Blueprint)).2.reverse

/-- The cases of an operation. -/
def planOperation (profile : Profile) (op : Operation) : List Blueprint :=
  Format.all.zipIdx.flatMap fun (format, i) =>
    (op.families.filter (·.has format)).zipIdx.flatMap fun (family, j) =>
      planFamily profile op family format (i + j)

end Conform

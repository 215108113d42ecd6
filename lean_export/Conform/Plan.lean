import Conform.Case
import Conform.Registry

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
  | full, .longest => 3
  | full, .many => 3
  | full, _ => 11

/-- The cases of a family, for an operation and a format. The offset varies where the turns start. -/
def planFamily (profile : Profile) (op : Operation) (family : Family) (format : Format) (offset : Nat) :
    List Blueprint :=
  let sums := op.sums.filter family.suits
  let slots := family.classes.flatMap fun (c, n) => (List.range (n * profile.repetitions c)).map fun k => (c, k)
  -- Scenarios that outnumber the slots go through the classes again.
  let missing := if family.scenarios = 1 then 0 else family.scenarios * sums.length - slots.length
  let again := (List.range missing).filterMap fun k => slots[k % max 1 slots.length]?.map fun (c, i) => (c, i + 1)
  let drafts := (slots ++ again).zipIdx.filterMap fun ((c, k), variant) =>
    match sums[(variant / family.scenarios + offset) % max 1 sums.length]? with
    | none => none
    | some sum =>
      let choices := c.sizes profile op sum
      choices[(k + offset) % max 1 choices.length]?.map fun sizes => (sum, sizes, variant)
  -- Cases with equal sizes are numbered.
  (drafts.foldl (fun (seen, made) (sum, sizes, variant) =>
    let number := (seen.filter (· = sizes)).length
    (sizes :: seen, { operation := op, family, format, sum, sizes, variant, number } :: made))
    (([], []) : List Sizes × List Blueprint)).2.reverse

/-- The cases of an operation. -/
def planOperation (profile : Profile) (op : Operation) : List Blueprint :=
  Format.all.zipIdx.flatMap fun (format, i) =>
    (op.families.filter fun family => !(family.floatsOnly && format.isInteger)).zipIdx.flatMap fun (family, j) =>
      planFamily profile op family format (i + j)

end Conform

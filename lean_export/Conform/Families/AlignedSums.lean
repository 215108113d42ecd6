import Conform.Families.LongSums

/-!
# Long sums that fill their blocks, or all but one place
-/

namespace Conform.Families

/-- Ones; where the precision does not allow that many, ones beside the borders of blocks and at the ends. -/
def alignedSums : Family where
  name := "aligned-sums"
  description := "Sums of exactly 512 and 4096 terms, and of one less; all ones, unless the format has no room for them."
  catches :=
    ["the last block dropped where there is no tail", "a mask that is wrong where one place of a block is free",
      "sums kept in a narrower format"]
  compact := true
  classes := []
  forEachSum := [(.aligned, 4)]
  suits sum := sum.axis.isSome
  fill c s :=
    let step := spacing c.format.precision c.length
    match s.role with
    | .right | .unused => number 1
    | _ => if isSpaced step s.position c.length then number 1 else number 0

end Conform.Families

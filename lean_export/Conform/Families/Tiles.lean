import Conform.Family

/-!
# Tiles of matrix products

Matrix units take sixteen or thirty-two rows, columns and terms at a time, and leave tails in each direction.
-/

namespace Conform.Families

/-- One or minus one, where every dimension has whole tiles and a tail, and where results are wide. -/
def tiles : Family where
  name := "tiles"
  description := "Plus or minus one, with tiles of 16 and 32 and tails in every dimension, or 131 results of few terms."
  catches :=
    ["the corner lost where the tails of rows and columns meet", "a matrix unit that leaves out the tail of the terms",
      "wide results of a single term"]
  compact := true
  classes := [(.tiles, 2), (.wide, 3)]
  suits := suitsProducts
  fill c s := drawUnit (c.streamAt s)

end Conform.Families

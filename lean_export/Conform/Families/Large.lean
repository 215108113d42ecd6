import Conform.Family

/-!
# Indices of more than fifteen and sixteen bits
-/

namespace Conform.Families

/-- Places beside the borders of blocks of 4096, the first and the last of 32,769 among them. -/
def isMarked (place : Nat) : Bool := let rest := place % 4096; rest ≤ 1 || rest = 4095

/-- Small positive integers in a few places, zeros elsewhere. -/
def large : Family where
  name := "large"
  description := "Small integers in a few places among zeros: 32,769 columns, results or terms, 65,538 weights."
  catches :=
    ["an index of fifteen or sixteen bits", "wrong past 32,768 results or columns", "wrong past 65,536 weights"]
  compact := true
  classes := [(.large, 2)]
  fill _ s :=
    -- With three marked terms in 4096, products up to nine and an addend, sums stay exact in eight bits. None cancels,
    -- and what an index of too few bits would read or leave instead is another number.
    if isMarked s.position && isMarked s.row then
      number (1 + (s.position / 4096 + s.row / 4096 + s.position % 2 + s.row % 2) % 3)
    else number 0

end Conform.Families

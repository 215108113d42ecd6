import Conform.Traced

/-!
# Tests of the traced scalar, component by component
-/

namespace Conform

private def read (m e : Int) : Traced := .ofExt (.finite ⟨m, e⟩)

/-- `3/4`, `-5` and a zero, as inputs. -/
private def a : Traced := read 3 (-2)
private def b : Traced := read (-5) 0
private def z : Traced := .ofExt 0

/-! Inputs. -/
#guard b.value = .finite ⟨-5, 0⟩ && b.magnitude = .finite ⟨5, 0⟩ && b.finite = ⟨5, 0⟩
#guard b.depth = 0 && b.underflow = 0 && b.quantum = some 0 && b.floor = some 0 && b.peak = ⟨5, 0⟩
#guard z.quantum = none && z.floor = none && z.peak = 0
#guard (read 3 2).quantum = some 2

/-! Sums: 3/4 - 5 = -17/4, of magnitude 23/4. -/
#guard (a + b).value = .finite ⟨-17, -2⟩
#guard (a + b).magnitude = .finite ⟨23, -2⟩ && (a + b).finite = ⟨23, -2⟩ && (a + b).peak = ⟨23, -2⟩
#guard (a + b).depth = 1 && (a + b).underflow = ⟨1, 0⟩
#guard (a + b).quantum = some (-2) && (a + b).floor = some (-2)
#guard (a + z).quantum = some (-2) && (z + z).quantum = none

/-! Products of inputs: 3/4 * -5 = -15/4; the factors do not count in floor and peak. -/
#guard (a * b).value = .finite ⟨-15, -2⟩
#guard (a * b).magnitude = .finite ⟨15, -2⟩ && (a * b).peak = ⟨15, -2⟩
#guard (a * b).depth = 1 && (a * b).underflow = ⟨1, 0⟩
#guard (a * b).quantum = some (-2) && (a * b).floor = some (-2)
#guard (read 1 100 * read 1 (-100)).peak = ⟨1, 0⟩ && (read 1 100 * read 1 (-100)).floor = some 0
#guard (a * z).quantum = none && (a * z).floor = none && (a * z).peak = 0

/-! A fold from zero: every addition counts, the one with zero too. -/
private def dot : Traced := 0 + a * b + b * b
#guard dot.value = .finite ⟨85, -2⟩ && dot.magnitude = .finite ⟨115, -2⟩
#guard dot.depth = 3 && dot.underflow = ⟨1, 2⟩ && dot.quantum = some (-2)

/-! A result that is multiplied again: `(a + b) * (2 * b)`, where `2 ^ 3 * b` has quantum 3. -/
private def again : Traced := (a + b) * (read 1 3 * b)
#guard again.value = .finite ⟨85, 1⟩ && again.magnitude = .finite ⟨115, 1⟩
#guard again.depth = 3
/-! `E = 1 * 40 + 1 * 23/4 + 1 * 1 + 1 = 191/4`. -/
#guard again.underflow = ⟨191, -2⟩
#guard again.quantum = some 1 && again.floor = some (-2) && again.peak = ⟨115, 1⟩
#guard ((a + b) * read 1 (-9)).peak = ⟨23, -2⟩
/-! A computed factor times zero has no quantum, but was computed. -/
#guard ((a + b) * z).quantum = none && ((a + b) * z).floor = some (-2) && ((a + b) * z).peak = ⟨23, -2⟩

/-! Terms that are not finite add nothing to the finite magnitude. -/
private def inf : Traced := .ofExt (.inf true)
#guard inf.value = .inf true && inf.magnitude = .inf false && inf.finite = 0 && inf.quantum = none
#guard (a + inf).value = .inf true && (a + inf).magnitude = .inf false && (a + inf).peak = ⟨3, -2⟩
#guard (inf * b).value = .inf false && (inf * b).magnitude = .inf false && (inf * b).finite = 0
#guard (inf * z).value = .nan && (inf * z).magnitude = .nan
#guard (inf + .ofExt (.inf false)).value = .nan && (inf + .ofExt (.inf false)).magnitude = .inf false
#guard (0 + a * b + inf * b + b).peak = ⟨35, -2⟩ && (0 + a * b + inf * b + b).depth = 4

end Conform

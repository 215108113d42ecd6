import Conform.Soundness.ExporterActivation

/-!
# The theorems about the exporter say something

Of activations of ordinary inputs, all is known that the theorems ask for, so that their bounds hold of them.
-/

namespace Conform.Soundness

open Beyond Activation Spec

private def isOrdinary {s : Setting} (j : Nat) (b : Beyond s) : Bool :=
  b.value.isBall && match b.errors[j]? with
    | some { inherited := .finite _, .. } => true
    | _ => false

private theorem ordinary {s : Setting} {j : Nat} {b : Beyond s} (h : isOrdinary j b = true) : b.Ordinary j := by
  obtain ⟨ball, known⟩ := both_true h
  refine ⟨ball, ?_⟩
  split at known
  · next terms additions underflow i nonneg nonpos plus minus he => exact ⟨_, i, he, rfl⟩
  · cases known

private def isDivisor {s : Setting} (j : Nat) (b : Beyond s) : Bool :=
  match s.models[j]?, b.errors[j]? with
  | some m, some e => match b.interval m e with
    | some J => !J.hasZero
    | none => true
  | _, _ => true

private theorem divisor {s : Setting} {j : Nat} {b : Beyond s} (h : isDivisor j b = true) :
    Guarded.IsDivisor j b := fun m e J hm he hJ => by
  unfold isDivisor at h
  rw [hm, he] at h
  dsimp only at h
  rw [hJ] at h
  simpa using h

private def setting : Setting := .of .openCL .float32

/-- An input. -/
private def x : Beyond setting := ofExt (.finite (.twoPow 0))

/-- Something is known in every model. -/
private def known (b : Beyond setting) : Bool := (List.range setting.models.length).all (isOrdinary · b)

/-- It is no zero in any model. -/
private def free (b : Beyond setting) : Bool := (List.range setting.models.length).all (isDivisor · b)

/-! The sigmoid of one: each step, and the divisor. -/
private def power : Beyond setting := apply exp x.neg
private def denominator : Beyond setting := ofNat 1 + power
#guard setting.models.length = 4 && known power && known denominator && free denominator
#guard known (Math.sigmoidSpec x) && Math.sigmoidSpec x = (ofNat 1).div denominator

/-! Its softplus, its cubic form of the Gaussian error linear unit, and what is not known: the logarithm of zero. -/
#guard known (Math.softplusSpec x) && known (Math.geluSpec x) && known (Math.geluTanhSlope : Beyond setting)
#guard !known (apply log (ofNat 0) : Beyond setting) && !free (ofNat 0 : Beyond setting)

/-- What the test decides is what the theorems ask for. -/
example {b : Beyond setting} (h : isOrdinary 0 b = true) (h' : isDivisor 0 b = true) :
    b.Ordinary 0 ∧ Guarded.IsDivisor 0 b := ⟨ordinary h, divisor h'⟩

end Conform.Soundness

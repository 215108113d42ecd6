/-!
# Laws of exact arithmetic

The spec is written for any scalar with `+`, `*` and `0`, floating-point numbers among them, which obey hardly any
law. The theorems about what the spec *means* need exact scalars. These classes state their laws as hypotheses about
the very instances that the definitions are run with; ring libraries are not needed.

Main definitions: `Spec.CommSemiringLaws`, `Spec.CommRingLaws`. The integers satisfy both.
-/

namespace Spec

/-- The laws of a commutative semiring, for the `+`, `*` and `0` that the spec uses. -/
class CommSemiringLaws (α : Type) [Add α] [Mul α] [Zero α] : Prop where
  add_assoc : ∀ a b c : α, a + b + c = a + (b + c)
  add_comm : ∀ a b : α, a + b = b + a
  zero_add : ∀ a : α, 0 + a = a
  mul_assoc : ∀ a b c : α, a * b * c = a * (b * c)
  mul_comm : ∀ a b : α, a * b = b * a
  zero_mul : ∀ a : α, 0 * a = 0
  mul_add : ∀ a b c : α, a * (b + c) = a * b + a * c

/-- The laws of a commutative ring: those of a semiring, a one, and differences. -/
class CommRingLaws (α : Type) [Add α] [Mul α] [Zero α] [One α] [Sub α] : Prop
    extends CommSemiringLaws α where
  one_mul : ∀ a : α, 1 * a = a
  sub_add_cancel : ∀ a b : α, a - b + b = a
  add_sub_cancel_right : ∀ a b : α, a + b - b = a

namespace Laws

variable {α : Type}

section Semiring

variable [Add α] [Mul α] [Zero α] [CommSemiringLaws α]

instance : Std.Associative (α := α) (· + ·) := ⟨CommSemiringLaws.add_assoc⟩
instance : Std.Commutative (α := α) (· + ·) := ⟨CommSemiringLaws.add_comm⟩
instance : Std.Associative (α := α) (· * ·) := ⟨CommSemiringLaws.mul_assoc⟩
instance : Std.Commutative (α := α) (· * ·) := ⟨CommSemiringLaws.mul_comm⟩

theorem add_comm (a b : α) : a + b = b + a := CommSemiringLaws.add_comm a b

theorem add_assoc (a b c : α) : a + b + c = a + (b + c) := CommSemiringLaws.add_assoc a b c

theorem mul_comm (a b : α) : a * b = b * a := CommSemiringLaws.mul_comm a b

theorem mul_assoc (a b c : α) : a * b * c = a * (b * c) := CommSemiringLaws.mul_assoc a b c

theorem zero_add (a : α) : 0 + a = a := CommSemiringLaws.zero_add a

theorem add_zero (a : α) : a + 0 = a := by rw [add_comm, zero_add]

theorem zero_mul (a : α) : 0 * a = 0 := CommSemiringLaws.zero_mul a

theorem mul_zero (a : α) : a * 0 = 0 := by rw [mul_comm, zero_mul]

theorem mul_add (a b c : α) : a * (b + c) = a * b + a * c := CommSemiringLaws.mul_add a b c

theorem add_mul (a b c : α) : (a + b) * c = a * c + b * c := by
  rw [mul_comm, mul_add, mul_comm c, mul_comm c]

/-- Four terms regroup: `(a + b) + (c + d) = (a + c) + (b + d)`. -/
theorem add_add_add_comm (a b c d : α) : a + b + (c + d) = a + c + (b + d) := by ac_rfl

end Semiring

section Ring

variable [Add α] [Mul α] [Zero α] [One α] [Sub α] [CommRingLaws α]

theorem one_mul (a : α) : 1 * a = a := CommRingLaws.one_mul a

theorem mul_one (a : α) : a * 1 = a := by rw [mul_comm, one_mul]

theorem sub_add_cancel (a b : α) : a - b + b = a := CommRingLaws.sub_add_cancel a b

theorem add_sub_cancel_right (a b : α) : a + b - b = a := CommRingLaws.add_sub_cancel_right a b

theorem add_sub_cancel_left (a b : α) : a + b - a = b := by rw [add_comm, add_sub_cancel_right]

end Ring

end Laws

/-- The integers are a commutative ring, so no theorem below is empty. -/
instance : CommRingLaws Int where
  add_assoc := Int.add_assoc
  add_comm := Int.add_comm
  zero_add := Int.zero_add
  mul_assoc := Int.mul_assoc
  mul_comm := Int.mul_comm
  zero_mul := Int.zero_mul
  mul_add := Int.mul_add
  one_mul := Int.one_mul
  sub_add_cancel := Int.sub_add_cancel
  add_sub_cancel_right := Int.add_sub_cancel

end Spec

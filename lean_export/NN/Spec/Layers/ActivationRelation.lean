import NN.Spec.Core.ContextRelation
import NN.Spec.Layers.Activation

/-!
# Activations of related numbers are related

For a relation that every field of `Context` keeps (`Spec.RespectsContext`), one theorem for each function of
`NN.Spec.Layers.Activation`. Those that compare with zero need the comparison of their input to be decided.

Main results: in `Activation.Math` those of scalar functions, `related_sigmoidSpec` and the others; in `Activation`
`related_map` for their tensor forms, `related_softmaxSpec`, `related_logSoftmaxSpec` and those of their derivatives.
-/

namespace Activation

open Spec Spec.Tensor

variable {α β : Type} [Context α] [Context β] {R : α → β → Prop} {decided : β → β → Prop} {s : Shape} {n : Nat}

namespace Math

variable {x ε : α} {y δ : β} (h : RespectsContext R decided) (hx : R x y)
include h hx

theorem related_reluSpec : R (reluSpec x) (reluSpec y) := h.max hx h.zero

theorem related_reluDerivSpec (hd : decided y 0) : R (reluDerivSpec x) (reluDerivSpec y) :=
  h.ite hx h.zero hd h.one h.zero

theorem related_leakyReluSpec (hd : decided y 0) (hε : R ε δ) : R (leakyReluSpec x ε) (leakyReluSpec y δ) :=
  h.ite hx h.zero hd hx (h.mul hε hx)

theorem related_leakyReluDerivSpec (hd : decided y 0) (hε : R ε δ) :
    R (leakyReluDerivSpec x ε) (leakyReluDerivSpec y δ) :=
  h.ite hx h.zero hd h.one hε

theorem related_eluSpec (hd : decided y 0) (hε : R ε δ) : R (eluSpec x ε) (eluSpec y δ) :=
  h.ite hx h.zero hd hx (h.mul hε (h.sub (h.exp hx) h.one))

theorem related_eluDerivSpec (hd : decided y 0) (hε : R ε δ) : R (eluDerivSpec x ε) (eluDerivSpec y δ) :=
  h.ite hx h.zero hd h.one (h.mul hε (h.exp hx))

theorem related_sigmoidSpec : R (sigmoidSpec x) (sigmoidSpec y) := h.div h.one (h.add h.one (h.exp (h.neg hx)))

theorem related_sigmoidDerivSpec : R (sigmoidDerivSpec x) (sigmoidDerivSpec y) :=
  h.mul (related_sigmoidSpec h hx) (h.sub h.one (related_sigmoidSpec h hx))

/-- The derivative of the sigmoid from its output. -/
theorem related_sigmoidOutputDeriv : R (x * (1 - x)) (y * (1 - y)) := h.mul hx (h.sub h.one hx)

theorem related_tanhSpec : R (tanhSpec x) (tanhSpec y) := h.tanh hx

theorem related_tanhDerivSpec : R (tanhDerivSpec x) (tanhDerivSpec y) := h.sub h.one (h.mul (h.tanh hx) (h.tanh hx))

theorem related_sinhSpec : R (sinhSpec x) (sinhSpec y) := h.sinh hx

theorem related_sinhDerivSpec : R (sinhDerivSpec x) (sinhDerivSpec y) := h.cosh hx

theorem related_coshSpec : R (coshSpec x) (coshSpec y) := h.cosh hx

theorem related_coshDerivSpec : R (coshDerivSpec x) (coshDerivSpec y) := h.sinh hx

theorem related_logisticSpec : R (logisticSpec x) (logisticSpec y) := h.div (h.exp hx) (h.add (h.exp hx) h.one)

theorem related_logisticDerivSpec : R (logisticDerivSpec x) (logisticDerivSpec y) :=
  h.mul (related_logisticSpec h hx) (h.sub h.one (related_logisticSpec h hx))

omit hx in
theorem related_geluTanhCoeff : R geluTanhCoeff geluTanhCoeff := h.div (h.natCast _) (h.natCast _)

omit hx in
theorem related_geluTanhSlope : R geluTanhSlope geluTanhSlope := h.sqrt (h.div (h.add h.one h.one) h.pi)

/-- The argument of the tangent. -/
theorem related_geluInner : R (geluTanhSlope * (x + geluTanhCoeff * x * x * x))
    (geluTanhSlope * (y + geluTanhCoeff * y * y * y)) :=
  h.mul (related_geluTanhSlope h) (h.add hx (h.mul (h.mul (h.mul (related_geluTanhCoeff h) hx) hx) hx))

theorem related_geluSpec : R (geluSpec x) (geluSpec y) :=
  h.div (h.mul hx (h.add h.one (h.tanh (related_geluInner h hx)))) (h.add h.one h.one)

theorem related_geluDerivSpec : R (geluDerivSpec x) (geluDerivSpec y) :=
  have t := h.tanh (related_geluInner h hx)
  have slope := h.mul (related_geluTanhSlope h)
    (h.add h.one (h.mul (h.mul (h.mul (h.add (h.add h.one h.one) h.one) (related_geluTanhCoeff h)) hx) hx))
  h.div (h.add (h.add h.one t) (h.mul (h.mul hx (h.sub h.one (h.mul t t))) slope)) (h.add h.one h.one)

theorem related_swishSpec : R (swishSpec x) (swishSpec y) := h.mul hx (related_sigmoidSpec h hx)

theorem related_swishDerivSpec : R (swishDerivSpec x) (swishDerivSpec y) :=
  have s := related_sigmoidSpec h hx
  h.add s (h.mul (h.mul hx s) (h.sub h.one s))

theorem related_softplusSpec (hd : decided y 0) : R (softplusSpec x) (softplusSpec y) :=
  h.ite hx h.zero hd (h.add hx (h.log (h.add h.one (h.exp (h.neg hx))))) (h.log (h.add h.one (h.exp hx)))

theorem related_softplusDerivSpec : R (softplusDerivSpec x) (softplusDerivSpec y) := related_sigmoidSpec h hx

theorem related_safeLogSpec (hd : decided y 0) (hε : R ε δ) : R (safeLogSpec x ε) (safeLogSpec y δ) :=
  h.log (h.add (related_softplusSpec h hx hd) hε)

theorem related_safeLogDerivSpec (hd : decided y 0) (hε : R ε δ) : R (safeLogDerivSpec x ε) (safeLogDerivSpec y δ) :=
  h.div (related_sigmoidSpec h hx) (h.add (related_softplusSpec h hx hd) hε)

theorem related_smoothAbsSpec (hε : R ε δ) : R (smoothAbsSpec x ε) (smoothAbsSpec y δ) :=
  h.sqrt (h.add (h.mul hx hx) hε)

theorem related_smoothAbsDerivSpec (hε : R ε δ) : R (smoothAbsDerivSpec x ε) (smoothAbsDerivSpec y δ) :=
  h.div hx (h.sqrt (h.add (h.mul hx hx) hε))

end Math

/-! ## Element by element -/

omit [Context α] [Context β] in
/-- What keeps the relation keeps it element by element. Where a function branches, `P` says of the inputs that the
comparison is decided. -/
theorem related_map {P : β → Prop} {f : α → α} {g : β → β} (hf : ∀ {x y}, R x y → P y → R (f x) (g y)) {t : Tensor α s}
    {t' : Tensor β s} (ht : Related (fun x y => R x y ∧ P y) t t') : Related R (t.map f) (t'.map g) :=
  Related.map f g (fun _ _ h => hf h.1 h.2) ht

/-- The chain rule for an activation. -/
theorem related_activationGradientSpec (h : RespectsContext R decided) {f : Tensor α s → Tensor α s}
    {g : Tensor β s → Tensor β s} {t d : Tensor α s} {t' d' : Tensor β s} (hf : Related R (f t) (g t'))
    (hd : Related R d d') : Related R (activationGradientSpec f t d) (activationGradientSpec g t' d') :=
  related_zipWith (R := R) (R' := R) (R'' := R) (fun _ _ _ _ => h.mul) hd hf

/-! ## Along the last axis -/

variable (h : RespectsContext R decided)
include h

theorem related_maxVecSpec {t : Vec α n.succ} {t' : Vec β n.succ} (ht : Related R t t') :
    Related R (maxVecSpec t) (maxVecSpec t') := by
  have all : ∀ (m : Nat) (f : Fin m → α) (g : Fin m → β), (∀ i, R (f i) (g i)) → ∀ {a b}, R a b →
      R (Fin.foldl m (fun z i => max z (f i)) a) (Fin.foldl m (fun z i => max z (g i)) b) := by
    intro m
    induction m with
    | zero => intro f g _ a b hab; rwa [Fin.foldl_zero, Fin.foldl_zero]
    | succ m ih =>
      intro f g hf a b hab
      rw [Fin.foldl_succ, Fin.foldl_succ]
      exact ih (fun i => f i.succ) (fun i => g i.succ) (fun i => hf i.succ) (h.max hab (hf 0))
  exact all n.succ _ _ (fun i => ht.get₁ i) (ht.get₁ 0)

theorem related_maxShiftedExpVecSpec {t : Vec α n.succ} {t' : Vec β n.succ} (ht : Related R t t') :
    Related R (maxShiftedExpVecSpec t) (maxShiftedExpVecSpec t') :=
  Related.map _ _ (fun _ _ hx => h.exp (h.sub hx (related_maxVecSpec h ht).toScalar)) ht

theorem related_softmaxVecSpec : {n : Nat} → {t : Vec α n} → {t' : Vec β n} → Related R t t' →
    Related R (softmaxVecSpec t) (softmaxVecSpec t')
  | 0, _, _, ht => ht
  | _ + 1, _, _, ht => by
    unfold softmaxVecSpec
    dsimp only
    rw [materialize_eq, materialize_eq]
    have powers := related_maxShiftedExpVecSpec h ht
    exact Related.map _ _ (fun _ _ hx => h.div hx (h.sumFin fun i => powers.get₁ i)) powers

theorem related_softmaxSpec : {s : Shape} → {t : Tensor α s} → {t' : Tensor β s} → Related R t t' →
    Related R (softmaxSpec t) (softmaxSpec t')
  | .scalar, .scalar _, .scalar _, _ => h.one
  | .dim _ .scalar, .dim _, .dim _, ht => related_softmaxVecSpec h ht
  | .dim _ (.dim _ _), .dim _, .dim _, ht => fun i => related_softmaxSpec (ht i)

theorem related_softmaxBackwardSpec : {s : Shape} → {x d : Tensor α s} → {x' d' : Tensor β s} → Related R x x' →
    Related R d d' → Related R (softmaxBackwardSpec x d) (softmaxBackwardSpec x' d')
  | .scalar, .scalar _, .scalar _, .scalar _, .scalar _, _, _ => h.zero
  | .dim n .scalar, .dim x, .dim d, .dim x', .dim d', hx, hd => by
    unfold softmaxBackwardSpec
    dsimp only
    rw [materialize_eq, materialize_eq]
    have hy := related_softmaxVecSpec h (t := .dim x) (t' := .dim x') hx
    have hd : Related R (.dim d) (.dim d') := hd
    have inner := h.sumFin fun j => h.mul (hd.get₁ j) (hy.get₁ j)
    exact related_zipWith (R := R) (R' := R) (R'' := R) (fun _ _ _ _ p g => h.mul p (h.sub g inner)) hy hd
  | .dim _ (.dim _ _), .dim _, .dim _, .dim _, .dim _, hx, hd => fun i => related_softmaxBackwardSpec (hx i) (hd i)

theorem related_logSoftmaxVecSpec : {n : Nat} → {t : Vec α n} → {t' : Vec β n} → Related R t t' →
    Related R (logSoftmaxVecSpec t) (logSoftmaxVecSpec t')
  | 0, _, _, ht => ht
  | _ + 1, _, _, ht =>
    have norm := h.log (h.sumFin fun i => (related_maxShiftedExpVecSpec h ht).get₁ i)
    Related.map _ _ (fun _ _ hx => h.sub (h.sub hx (related_maxVecSpec h ht).toScalar) norm) ht

theorem related_logSoftmaxSpec : {s : Shape} → {t : Tensor α s} → {t' : Tensor β s} → Related R t t' →
    Related R (logSoftmaxSpec t) (logSoftmaxSpec t')
  | .scalar, .scalar _, .scalar _, _ => h.zero
  | .dim _ .scalar, .dim _, .dim _, ht => related_logSoftmaxVecSpec h ht
  | .dim _ (.dim _ _), .dim _, .dim _, ht => fun i => related_logSoftmaxSpec (ht i)

theorem related_logSoftmaxJvpSpec : {s : Shape} → {y d : Tensor α s} → {y' d' : Tensor β s} → Related R y y' →
    Related R d d' → Related R (logSoftmaxJvpSpec y d) (logSoftmaxJvpSpec y' d')
  | .scalar, .scalar _, .scalar _, .scalar _, .scalar _, _, _ => h.zero
  | .dim _ .scalar, .dim y, .dim d, .dim y', .dim d', hy, hd =>
    have hy : Related R (.dim y) (.dim y') := hy
    have hd : Related R (.dim d) (.dim d') := hd
    have inner := h.sumFin fun j => h.mul (h.exp (hy.get₁ j)) (hd.get₁ j)
    Related.map _ _ (fun _ _ hx => h.sub hx inner) hd
  | .dim _ (.dim _ _), .dim _, .dim _, .dim _, .dim _, hy, hd => fun i => related_logSoftmaxJvpSpec (hy i) (hd i)

theorem related_logSoftmaxBackwardSpec : {s : Shape} → {y d : Tensor α s} → {y' d' : Tensor β s} → Related R y y' →
    Related R d d' → Related R (logSoftmaxBackwardSpec y d) (logSoftmaxBackwardSpec y' d')
  | .scalar, .scalar _, .scalar _, .scalar _, .scalar _, _, _ => h.zero
  | .dim _ .scalar, .dim y, .dim d, .dim y', .dim d', hy, hd =>
    have hy : Related R (.dim y) (.dim y') := hy
    have hd : Related R (.dim d) (.dim d') := hd
    have total := h.sumFin fun j => hd.get₁ j
    related_zipWith (R := R) (R' := R) (R'' := R) (fun _ _ _ _ p g => h.sub g (h.mul (h.exp p) total)) hy hd
  | .dim _ (.dim _ _), .dim _, .dim _, .dim _, .dim _, hy, hd => fun i => related_logSoftmaxBackwardSpec (hy i) (hd i)

end Activation

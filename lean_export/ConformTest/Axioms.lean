import Conform.Enclosure
import Conform.Soundness
import Conform.TracedProperties
import Conform.TracedReduced
import NN

/-!
# The axioms behind the theorems

Everything the README says is proved, named once, and the axioms that all of it rests on together: those of Lean's own
logic, and neither an unproved statement nor trust in compiled code. `axioms.py` lists every theorem with its axioms.
-/

/-- What the theorems together rest on. The three axioms are named too, so that the list is always the same. -/
theorem everythingProved : True := by
  -- The spec is the right function.
  have := @Spec.linearSpec_add_input
  have := @Spec.linearSpec_add_weights
  have := @Spec.linearSpec_add_bias
  have := @Spec.linearSpec_add_layer
  have := @Spec.linearSpec_scale
  have := @Spec.linearBackwardSpec_eq
  have := @Spec.linearBackwardSpec_gradient
  have := @Spec.linearSpec_sub_input
  have := @Spec.linearSpec_sub_weights
  have := @Spec.linearSpec_sub_bias
  have := @Spec.linearInputDerivSpec_adjoint
  have := @Spec.linearWeightsDerivSpec_adjoint
  have := @Spec.linearInputDerivSpec_gradient
  have := @Spec.linearWeightsDerivSpec_gradient
  have := @Spec.linearBiasDerivSpec_gradient
  have := @Spec.linearInputDerivSpec_unique
  have := @Spec.linearWeightsDerivSpec_unique
  have := @Spec.linearBiasDerivSpec_unique
  have := @Spec.get_linearBatchedSpec
  have := @Spec.get₂_linearBatchedSpec
  have := @Spec.batchLinearDerivSpec_weights
  have := @Spec.batchLinearDerivSpec_bias
  have := @Spec.batchLinearDerivSpec_input
  have := @Spec.batchLinearDerivSpec_gradient
  have := @Spec.linearGradientAccumulateSpec_comm
  have := @Spec.linearGradientScaleSpec_accumulate
  have := @Spec.linearWeightsDerivSpec_accumulate
  have := @Spec.linearWeightsDerivSpec_scale
  have := @Spec.linearInputDerivSpec_add
  have := @Spec.linearInputDerivSpec_scale
  -- The bound is sound, in the order of the spec.
  have := @Conform.Soundness.Approximates.add
  have := @Conform.Soundness.Approximates.mul
  have := @Conform.Soundness.Approximates.fused
  have := @Conform.Soundness.Approximates.output
  have := @Conform.Soundness.Approximates.neg
  have := @Conform.Soundness.Approximates.sub
  have := @Conform.Soundness.Approximates.abs
  have := @Conform.Soundness.Approximates.max
  have := @Conform.Soundness.Approximates.min
  have := @Conform.Soundness.linearSpec_error
  have := @Conform.Soundness.linearBatchedSpec_error
  have := @Conform.Soundness.linearWeightsDerivSpec_error
  have := @Conform.Soundness.linearBiasDerivSpec_error
  have := @Conform.Soundness.linearInputDerivSpec_error
  have := @Conform.Soundness.batchLinearDerivSpec_error
  have := @Conform.Soundness.linearBackwardSpec_error
  have := @Conform.Soundness.linearGradientAccumulateSpec_error
  have := @Conform.Soundness.linearGradientScaleSpec_error
  -- And in any order.
  have := @Conform.Soundness.Tree.error_of_covers
  have := @Conform.Soundness.Tree.sum_error
  have := @Conform.Soundness.Tree.affine_error
  have := @Conform.Soundness.Tree.partial_le
  have := @Conform.Soundness.linearSpec_anyOrder
  have := @Conform.Soundness.linearBatchedSpec_anyOrder
  have := @Conform.Soundness.linearSpec_separate
  have := @Conform.Soundness.linearBatchedSpec_separate
  have := @Conform.Soundness.linearInputDerivSpec_anyOrder
  have := @Conform.Soundness.batchLinearDerivSpec_weights_anyOrder
  have := @Conform.Soundness.batchLinearDerivSpec_bias_anyOrder
  have := @Conform.Soundness.batchLinearDerivSpec_input_anyOrder
  -- Beyond the ring: every field of `Context` keeps the bound, and so does every activation.
  have := @Conform.Soundness.IsWithin.add
  have := @Conform.Soundness.IsWithin.sub
  have := @Conform.Soundness.IsWithin.mul
  have := @Conform.Soundness.IsWithin.fused
  have := @Conform.Soundness.IsWithin.neg
  have := @Conform.Soundness.IsWithin.abs
  have := @Conform.Soundness.IsWithin.max
  have := @Conform.Soundness.IsWithin.function
  have := @Conform.Soundness.IsWithin.printed
  have := @Conform.Soundness.IsWithin.output
  have := @Conform.Soundness.Accurate.of_ulps
  have := @Conform.Soundness.BackendArithmetic.respectsContext
  have := @Conform.Soundness.hasValue_respectsContext
  have := @Conform.Soundness.BackendArithmetic.error_le
  have := @Conform.Soundness.map_error
  have := @Conform.Soundness.map_error₂
  have := @Conform.Soundness.reluSpec_exact
  have := @Conform.Soundness.reluDerivSpec_exact
  have := @Conform.Soundness.leakyReluDerivSpec_exact
  have := @Conform.Soundness.sigmoidSpec_error
  have := @Conform.Soundness.sigmoidDerivSpec_error
  have := @Conform.Soundness.sigmoidOutputDerivSpec_error
  have := @Conform.Soundness.tanhSpec_error
  have := @Conform.Soundness.tanhDerivSpec_error
  have := @Conform.Soundness.geluSpec_error
  have := @Conform.Soundness.geluDerivSpec_error
  have := @Conform.Soundness.swishSpec_error
  have := @Conform.Soundness.swishDerivSpec_error
  have := @Conform.Soundness.softplusSpec_error
  have := @Conform.Soundness.softplusDerivSpec_error
  have := @Conform.Soundness.sinhSpec_error
  have := @Conform.Soundness.sinhDerivSpec_error
  have := @Conform.Soundness.coshSpec_error
  have := @Conform.Soundness.coshDerivSpec_error
  have := @Conform.Soundness.logisticSpec_error
  have := @Conform.Soundness.logisticDerivSpec_error
  have := @Conform.Soundness.leakyReluSpec_error
  have := @Conform.Soundness.leakyReluDerivSpec_error
  have := @Conform.Soundness.eluSpec_error
  have := @Conform.Soundness.eluDerivSpec_error
  have := @Conform.Soundness.safeLogSpec_error
  have := @Conform.Soundness.safeLogDerivSpec_error
  have := @Conform.Soundness.smoothAbsSpec_error
  have := @Conform.Soundness.smoothAbsDerivSpec_error
  have := @Conform.Soundness.softmaxSpec_error
  have := @Conform.Soundness.softmaxBackwardSpec_error
  have := @Conform.Soundness.logSoftmaxSpec_error
  have := @Conform.Soundness.logSoftmaxBackwardSpec_error
  have := @Conform.Soundness.logSoftmaxJvpSpec_error
  have := @Conform.Soundness.Tree.Evaluates.isWithin
  have := @Conform.Soundness.isWithin_sumFin
  have := @Conform.Soundness.softmaxVecSpec_anyOrder
  have := @Conform.Soundness.logSoftmaxVecSpec_anyOrder
  -- The exporter's numbers beyond the ring keep it too.
  have := @Conform.Soundness.pow_le_growth
  have := @Conform.Soundness.error_le
  have := @Conform.Soundness.holds_interval
  have := @Conform.Soundness.tracks_add
  have := @Conform.Soundness.tracks_sub
  have := @Conform.Soundness.tracks_mul
  have := @Conform.Soundness.tracks_neg
  have := @Conform.Soundness.tracks_abs
  have := @Conform.Soundness.tracks_apply
  have := @Conform.Soundness.tracks_div
  have := @Conform.Soundness.BackendArithmetic.follows_respectsContext
  have := @Conform.Soundness.number_respectsContext
  have := @Conform.Soundness.BackendArithmetic.Follows.error_le
  have := @Conform.Soundness.exporterEnclosures
  have := @Conform.Soundness.exporter_map
  have := @Conform.Soundness.exporter_mapWith
  have := @Conform.Soundness.exporter_softmaxSpec
  have := @Conform.Soundness.exporter_logSoftmaxSpec
  have := @Conform.Soundness.exporter_softmaxBackwardSpec
  have := @Conform.Soundness.exporter_logSoftmaxBackwardSpec
  have := @Conform.Soundness.exporter_logSoftmaxJvpSpec
  have := @Conform.Soundness.isValueOf_respectsContext
  have := @Conform.Soundness.exporterValue_map
  have := @Conform.Soundness.exporterValue_mapWith
  have := @Conform.Soundness.exporterValue_softmaxSpec
  have := @Conform.Soundness.exporterValue_logSoftmaxSpec
  have := @Conform.Soundness.exporterValue_softmaxBackwardSpec
  have := @Conform.Soundness.exporterValue_logSoftmaxBackwardSpec
  have := @Conform.Soundness.exporterValue_logSoftmaxJvpSpec
  -- The exact tier is exact, in any order.
  have := @Conform.Soundness.Exactly.add
  have := @Conform.Soundness.Exactly.mul
  have := @Conform.Soundness.Exactly.output
  have := @Conform.Soundness.linearSpec_exact
  have := @Conform.Soundness.linearBatchedSpec_exact
  have := @Conform.Soundness.linearWeightsDerivSpec_exact
  have := @Conform.Soundness.linearBiasDerivSpec_exact
  have := @Conform.Soundness.linearInputDerivSpec_exact
  have := @Conform.Soundness.batchLinearDerivSpec_exact
  have := @Conform.Soundness.linearBackwardSpec_exact
  have := @Conform.Soundness.linearGradientAccumulateSpec_exact
  have := @Conform.Soundness.linearGradientScaleSpec_exact
  have := @Conform.Soundness.Tree.eq_of_within
  have := @Conform.Soundness.Tree.sum_exact
  have := @Conform.Soundness.Tree.affine_exact
  have := @Conform.Soundness.linearSpec_exact_anyOrder
  have := @Conform.Soundness.linearBatchedSpec_exact_anyOrder
  have := @Conform.Soundness.linearInputDerivSpec_exact_anyOrder
  have := @Conform.Soundness.batchLinearDerivSpec_weights_exact_anyOrder
  have := @Conform.Soundness.batchLinearDerivSpec_bias_exact_anyOrder
  have := @Conform.Soundness.batchLinearDerivSpec_input_exact_anyOrder
  -- Special values do not depend on the order.
  have := @Conform.Soundness.Tree.kind_eq
  -- The exporter writes what was proved.
  have := @Conform.Soundness.ReadsTrace.bound_eq
  have := @Conform.Soundness.ReadsGrid.fits_iff
  have := @Conform.Soundness.linear_conforms
  have := @Conform.Soundness.traced_linearSpec
  have := @Conform.Soundness.traced_linearBatchedSpec
  have := @Conform.Soundness.traced_linearWeightsDerivSpec
  have := @Conform.Soundness.traced_linearBiasDerivSpec
  have := @Conform.Soundness.traced_linearInputDerivSpec
  have := @Conform.Soundness.traced_batchLinearDerivSpec
  have := @Conform.Soundness.traced_linearBackwardSpec
  have := @Conform.Soundness.traced_linearGradientAccumulateSpec
  have := @Conform.Soundness.traced_linearGradientScaleSpec
  have := @Conform.Traced.value_isHomomorphism
  have := @Conform.Traced.value_linearSpec
  have := @Conform.Traced.value_linearBatchedSpec
  have := @Conform.Traced.value_linearWeightsDerivSpec
  have := @Conform.Traced.value_linearBiasDerivSpec
  have := @Conform.Traced.value_linearInputDerivSpec
  have := @Conform.Traced.value_batchLinearDerivSpec
  have := @Conform.Traced.value_linearBackwardSpec
  have := @Conform.Traced.value_linearGradientAccumulateSpec
  have := @Conform.Traced.value_linearGradientScaleSpec
  have := @Conform.Traced.isReduced_respects
  have := @Conform.Text.parse_print
  have := @Conform.Text.print_injective
  have := @Conform.Soundness.constants_float32
  -- Enclosures hold what they enclose.
  have := @Conform.Enclosure.holds_div
  have := @Conform.Enclosure.holds_sqrt
  have := @Conform.Enclosure.holds_exp
  have := @Conform.Enclosure.holds_log
  have := @Conform.Enclosure.holds_sinh
  have := @Conform.Enclosure.holds_cosh
  have := @Conform.Enclosure.holds_tanh
  have := @Conform.Enclosure.holds_image_div
  have := @Conform.Enclosure.holds_image_sqrt
  have := @Conform.Enclosure.holds_image_exp
  have := @Conform.Enclosure.holds_image_log
  have := @Conform.Enclosure.holds_image_sinh
  have := @Conform.Enclosure.holds_image_cosh
  have := @Conform.Enclosure.holds_image_tanh
  have := @Conform.Enclosure.holds_add
  have := @Conform.Enclosure.holds_mul
  -- The axioms of Lean's logic.
  have := @propext
  have := @Classical.choice.{1}
  have := @Quot.sound.{1}
  trivial

/-- info: 'everythingProved' depends on axioms: [propext, Classical.choice, Quot.sound] -/
#guard_msgs in
#print axioms everythingProved

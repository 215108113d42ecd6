import Conform.Soundness.ActivationError
import Conform.Soundness.ExporterLinear
import Conform.Soundness.Formats
import Conform.Soundness.Linear
import Conform.Soundness.LinearAnyOrder
import Conform.Soundness.LinearExact
import Conform.Soundness.LinearExactAnyOrder
import Conform.Soundness.SpecialValues

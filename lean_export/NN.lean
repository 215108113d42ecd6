import NN.Spec.Layers.Linear
import NN.Spec.Layers.LinearBatch
import NN.Spec.Layers.LinearDerivatives
import NN.Spec.Layers.LinearElements
import NN.Spec.Layers.LinearNaturality
import NN.Spec.Layers.LinearProperties
import NN.Spec.Layers.LinearRelation

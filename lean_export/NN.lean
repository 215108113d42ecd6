import NN.Spec.Layers.Linear

// The linear layer in Eigen, for eigen_backend.py, which compiles it for each number type with -DNUMBER=TYPE.
#include <Eigen/Dense>

using T = NUMBER;
using Matrix = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using Row = Eigen::Map<Eigen::Matrix<T, 1, Eigen::Dynamic>>;

extern "C" void apply_layer(T* weights, T* bias, T* input, T* output, long n, long o, long i) {
    Matrix y(output, n, o);
    y.noalias() = Matrix(input, n, i) * Matrix(weights, o, i).transpose();
    y.rowwise() += Row(bias, o);
}

extern "C" void differentiate(T* weights, T* input, T* grad, T* dw, T* db, T* dx, long n, long o, long i) {
    Matrix g(grad, n, o);
    Matrix(dw, o, i).noalias() = g.transpose() * Matrix(input, n, i);
    Row(db, o) = g.colwise().sum();
    Matrix(dx, n, i).noalias() = g * Matrix(weights, o, i);
}

extern "C" void add(T* a, T* b, T* sum, long o, long i) { Matrix(sum, o, i) = Matrix(a, o, i) + Matrix(b, o, i); }

extern "C" void scale(T* a, T* factor, T* scaled, long o, long i) { Matrix(scaled, o, i) = Matrix(a, o, i) * *factor; }

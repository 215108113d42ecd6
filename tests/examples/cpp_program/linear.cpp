// A program that conform can test: the linear layer in C++17, for float64, float32, int32 and int64.
//
//   c++ -std=c++17 -O2 -o linear linear.cpp
//   conform run "cmd:./linear"
//
// The kernels come first. What follows them, a reader of JSON and base64, need not be touched.

#include <cstdint>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace kernels {

template <typename T>
struct Tensor {
    std::vector<std::size_t> shape;
    std::vector<T> data;
};

template <typename T>
using Inputs = std::map<std::string, Tensor<T>>;

template <typename T>
using Outputs = std::vector<Tensor<T>>;

template <typename T>
T multiply(T a, T b) {
    // Signed integers must not overflow in C++; unsigned ones wrap around.
    if constexpr (std::is_integral_v<T>) {
        using U = std::make_unsigned_t<T>;
        return static_cast<T>(static_cast<U>(a) * static_cast<U>(b));
    } else {
        return a * b;
    }
}

template <typename T>
T add(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
        using U = std::make_unsigned_t<T>;
        return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
    } else {
        return a + b;
    }
}

template <typename T>
Tensor<T> make(std::vector<std::size_t> shape) {
    std::size_t count = 1;
    for (std::size_t length : shape) count *= length;
    return {std::move(shape), std::vector<T>(count)};
}

// input [batch, inDim] times the transpose of weights [outDim, inDim], plus bias [outDim].
template <typename T>
Tensor<T> apply_layer(const Tensor<T>& weights, const Tensor<T>& bias, const Tensor<T>& input, std::size_t batch) {
    const std::size_t rows = weights.shape[0], columns = weights.shape[1];
    Tensor<T> output = make<T>({batch, rows});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t i = 0; i < rows; ++i) {
            T sum{};
            for (std::size_t j = 0; j < columns; ++j) {
                sum = add(sum, multiply(weights.data[i * columns + j], input.data[b * columns + j]));
            }
            output.data[b * rows + i] = add(sum, bias.data[i]);
        }
    }
    return output;
}

// The three gradients: of the weights and of the bias summed over the batch, of the input for each example.
template <typename T>
Outputs<T> differentiate(const Tensor<T>& weights, const Tensor<T>& input, const Tensor<T>& grad, std::size_t batch) {
    const std::size_t rows = weights.shape[0], columns = weights.shape[1];
    Tensor<T> dw = make<T>({rows, columns}), db = make<T>({rows}), dx = make<T>(input.shape);
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t i = 0; i < rows; ++i) {
            const T g = grad.data[b * rows + i];
            db.data[i] = add(db.data[i], g);
            for (std::size_t j = 0; j < columns; ++j) {
                const std::size_t w = i * columns + j, x = b * columns + j;
                dw.data[w] = add(dw.data[w], multiply(g, input.data[x]));
                dx.data[x] = add(dx.data[x], multiply(g, weights.data[w]));
            }
        }
    }
    return {dw, db, dx};
}

template <typename T>
Outputs<T> linear(const Inputs<T>& in) {
    Tensor<T> output = apply_layer(in.at("weights"), in.at("bias"), in.at("input"), 1);
    output.shape = {output.data.size()};
    return {output};
}

template <typename T>
Outputs<T> linear_batched(const Inputs<T>& in) {
    const Tensor<T>& input = in.at("input");
    return {apply_layer(in.at("weights"), in.at("bias"), input, input.shape[0])};
}

template <typename T>
Outputs<T> linear_weights_deriv(const Inputs<T>& in) {
    const Tensor<T>&input = in.at("input"), &grad = in.at("grad_output");
    return {differentiate(make<T>({grad.data.size(), input.data.size()}), input, grad, 1)[0]};
}

template <typename T>
Outputs<T> linear_bias_deriv(const Inputs<T>& in) {
    return {in.at("grad_output")};
}

template <typename T>
Outputs<T> linear_input_deriv(const Inputs<T>& in) {
    const Tensor<T>& weights = in.at("weights");
    return {differentiate(weights, make<T>({weights.shape[1]}), in.at("grad_output"), 1)[2]};
}

template <typename T>
Outputs<T> batch_linear_deriv(const Inputs<T>& in) {
    const Tensor<T>& input = in.at("input");
    return differentiate(in.at("weights"), input, in.at("grad_output"), input.shape[0]);
}

template <typename T>
Outputs<T> linear_backward(const Inputs<T>& in) {
    return differentiate(in.at("weights"), in.at("input"), in.at("grad_output"), 1);
}

template <typename T>
Outputs<T> linear_gradient_accumulate(const Inputs<T>& in) {
    Tensor<T> sum = in.at("grad1");
    const Tensor<T>& other = in.at("grad2");
    for (std::size_t i = 0; i < sum.data.size(); ++i) sum.data[i] = add(sum.data[i], other.data[i]);
    return {sum};
}

template <typename T>
Outputs<T> linear_gradient_scale(const Inputs<T>& in) {
    Tensor<T> scaled = in.at("grad");
    const T factor = in.at("scale_factor").data.at(0);
    for (T& value : scaled.data) value = multiply(value, factor);
    return {scaled};
}

template <typename T>
const std::map<std::string, std::function<Outputs<T>(const Inputs<T>&)>> operations = {
    {"linear", linear<T>},
    {"linear_batched", linear_batched<T>},
    {"linear_weights_deriv", linear_weights_deriv<T>},
    {"linear_bias_deriv", linear_bias_deriv<T>},
    {"linear_input_deriv", linear_input_deriv<T>},
    {"batch_linear_deriv", batch_linear_deriv<T>},
    {"linear_backward", linear_backward<T>},
    {"linear_gradient_accumulate", linear_gradient_accumulate<T>},
    {"linear_gradient_scale", linear_gradient_scale<T>},
};

}  // namespace kernels

namespace json {

struct Value {
    std::string text;  // of a string or a number
    std::vector<Value> items;
    std::map<std::string, Value> fields;
};

class Reader {
  public:
    explicit Reader(const std::string& text) : text_(text) {}

    Value read() {
        const char next = peek();
        if (next == '{') return read_object();
        if (next == '[') return read_array();
        Value value;
        if (next == '"') {
            value.text = read_string();
        } else {
            while (at_ < text_.size() && std::strchr(",]} \t\r\n", text_[at_]) == nullptr) value.text += text_[at_++];
        }
        return value;
    }

  private:
    char peek() {
        while (at_ < text_.size() && std::strchr(" \t\r\n", text_[at_]) != nullptr) ++at_;
        if (at_ == text_.size()) throw std::runtime_error("the message ends too soon");
        return text_[at_];
    }

    bool take(char wanted) {
        if (peek() != wanted) return false;
        ++at_;
        return true;
    }

    void expect(char wanted) {
        if (!take(wanted)) throw std::runtime_error(std::string("expected ") + wanted);
    }

    Value read_object() {
        Value value;
        expect('{');
        if (take('}')) return value;
        do {
            peek();
            std::string key = read_string();
            expect(':');
            value.fields[key] = read();
        } while (take(','));
        expect('}');
        return value;
    }

    Value read_array() {
        Value value;
        expect('[');
        if (take(']')) return value;
        do value.items.push_back(read());
        while (take(','));
        expect(']');
        return value;
    }

    // Names and base64 have no escapes but of the quote and the backslash.
    std::string read_string() {
        std::string result;
        expect('"');
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\') ++at_;
            if (at_ < text_.size()) result += text_[at_++];
        }
        expect('"');
        return result;
    }

    const std::string& text_;
    std::size_t at_ = 0;
};

std::string quote(const std::string& text) {
    std::string quoted = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += static_cast<unsigned char>(c) < 32 ? ' ' : c;
    }
    return quoted + '"';
}

}  // namespace json

namespace base64 {

const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encode(const std::string& bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            text += i + k > bytes.size() ? '=' : digits[group >> (18 - 6 * k) & 63];
        }
    }
    return text;
}

std::string decode(const std::string& text) {
    std::string bytes;
    std::uint32_t group = 0;
    int bits = 0;
    for (char c : text) {
        if (c == '=') break;
        const std::size_t digit = digits.find(c);
        if (digit == std::string::npos) throw std::runtime_error("not base64");
        group = group << 6 | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) bytes += static_cast<char>(group >> (bits -= 8) & 255);
    }
    return bytes;
}

}  // namespace base64

namespace wire {

// Elements are little-endian on the wire; the bytes are turned round where the machine is not.
void arrange(std::string& bytes, std::size_t size) {
    const std::uint16_t probe = 1;
    if (*reinterpret_cast<const unsigned char*>(&probe) == 1) return;
    for (std::size_t i = 0; i + size <= bytes.size(); i += size) {
        for (std::size_t k = 0; k < size / 2; ++k) std::swap(bytes[i + k], bytes[i + size - 1 - k]);
    }
}

template <typename T>
kernels::Tensor<T> read_tensor(const json::Value& value) {
    kernels::Tensor<T> tensor;
    for (const json::Value& length : value.fields.at("shape").items) tensor.shape.push_back(std::stoull(length.text));
    std::string bytes = base64::decode(value.fields.at("data").text);
    arrange(bytes, sizeof(T));
    tensor.data.resize(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(tensor.data.data(), bytes.data(), bytes.size());
    return tensor;
}

template <typename T>
std::string write_tensor(const kernels::Tensor<T>& tensor, const std::string& dtype) {
    std::string shape;
    for (std::size_t length : tensor.shape) shape += (shape.empty() ? "" : ",") + std::to_string(length);
    std::string bytes(tensor.data.size() * sizeof(T), '\0');
    if (!bytes.empty()) std::memcpy(bytes.data(), tensor.data.data(), bytes.size());
    arrange(bytes, sizeof(T));
    return "{\"shape\":[" + shape + "],\"dtype\":\"" + dtype + "\",\"data\":\"" + base64::encode(bytes) + "\"}";
}

template <typename T>
std::string call(const json::Value& message, const std::string& dtype) {
    kernels::Inputs<T> inputs;
    for (const auto& [name, value] : message.fields.at("inputs").fields) inputs[name] = read_tensor<T>(value);
    std::string results;
    for (const auto& result : kernels::operations<T>.at(message.fields.at("operation").text)(inputs)) {
        results += (results.empty() ? "" : ",") + write_tensor(result, dtype);
    }
    return "\"results\":[" + results + "]";
}

std::string answer_call(const json::Value& message) {
    const std::string dtype = message.fields.at("inputs").fields.begin()->second.fields.at("dtype").text;
    if (dtype == "float64") return call<double>(message, dtype);
    if (dtype == "float32") return call<float>(message, dtype);
    if (dtype == "int32") return call<std::int32_t>(message, dtype);
    if (dtype == "int64") return call<std::int64_t>(message, dtype);
    throw std::runtime_error("no kernel for " + dtype);
}

std::string greet() {
    std::string names;
    for (const auto& operation : kernels::operations<double>) {
        names += (names.empty() ? "" : ",") + json::quote(operation.first) + ":{}";
    }
    return "{\"conform\":1,\"hello\":{\"name\":\"cpp\",\"info\":{\"compiler\":" + json::quote(__VERSION__) +
           "},\"dtypes\":[\"float64\",\"float32\",\"int32\",\"int64\"],\"operations\":{" + names + "}}}";
}

std::string answer(const std::string& line) {
    const json::Value message = json::Reader(line).read();
    if (message.fields.count("conform") != 0) return greet();
    const std::string id = "{\"id\":" + message.fields.at("id").text + ",";
    try {
        return id + answer_call(message) + "}";
    } catch (const std::exception& error) {
        return id + "\"error\":{\"type\":\"exception\",\"message\":" + json::quote(error.what()) + "}}";
    }
}

}  // namespace wire

int main() {
    std::string line;
    while (std::getline(std::cin, line)) std::cout << wire::answer(line) << std::endl;
}

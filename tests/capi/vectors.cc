// The C interface from C++: vectors, a status that becomes an exception, several threads.

#include <activations.h>

#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

void check(activations_status status) {
    if (status != ACTIVATIONS_STATUS_OK) {
        throw std::runtime_error(activations_status_message(status));
    }
}

void expect(bool condition, const char *what) {
    if (!condition) {
        throw std::logic_error(what);
    }
}

std::vector<float> call(const std::string &activation, const std::vector<float> &x) {
    std::vector<float> y(x.size());
    check(activations_apply(activation.c_str(), x.data(), y.data(), x.size()));
    return y;
}

void run() {
    std::vector<float> x(1000);
    for (std::size_t i = 0; i < x.size(); i++) {
        x[i] = static_cast<float>(i) / 100.0f - 5.0f;
    }
    const std::vector<float> expected = call("swish(beta=2)", x);
    for (std::size_t i = 0; i < x.size(); i++) {
        const double exact = x[i] / (1.0 + std::exp(-2.0 * x[i]));
        expect(std::fabs(expected[i] - exact) <= 1e-6 * std::fabs(exact), "swish");
    }

    // The first calls of several threads, which find out what the CPU has.
    std::vector<std::thread> threads;
    std::vector<std::vector<float>> results(4, x);
    for (auto &result : results) {
        threads.emplace_back([&result] {
            (void)activations_swish(result.data(), result.data(), result.size(), 2.0f);
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    for (const auto &result : results) {
        expect(result == expected, "threads");
    }

    bool refused = false;
    try {
        call("no such activation", x);
    } catch (const std::runtime_error &) {
        refused = true;
    }
    expect(refused, "an unknown name");
    expect(call("relu", {}).empty(), "an empty vector");
}

} // namespace

int main() {
    try {
        run();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::printf("activations %s on %s, from C++\n", activations_version(), activations_isa());
    return 0;
}

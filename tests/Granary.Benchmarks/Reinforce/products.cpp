// The products of NetworkSpeed.cs as plain loops. g++ -O3 -march=native products.cpp -o products
#include <ctime>
#include <cstdio>
#include <vector>

int main() {
    constexpr int rows = 256, width = 64, turns = 4000;
    std::vector<double> x(rows * width), w(width * width), slopes(rows * width), y(rows * width), gradient(width * width);
    for (int i = 0; i < rows * width; i++) { x[i] = (i * 7919 % 1000) / 1000.0 - 0.5; slopes[i] = (i * 104729 % 1000) / 1000.0 - 0.5; }
    for (int i = 0; i < width * width; i++) w[i] = (i * 1299709L % 1000) / 1000.0 - 0.5;
    auto product = [](const double* a, int n, int rowStride, int inner, int step, const double* b, double* c) {
        for (int r = 0; r < n; r++)
            for (int k = 0; k < inner; k++) {
                double v = a[r * rowStride + k * step];
                for (int j = 0; j < width; j++) c[r * width + j] += v * b[k * width + j];
            }
    };
    auto start = std::clock();
    for (int t = 0; t < turns; t++) {
        for (auto& v : y) v = 0;
        product(x.data(), rows, width, width, 1, w.data(), y.data());
        product(x.data(), width, 1, rows, width, slopes.data(), gradient.data());
        for (auto& v : y) v = 0;
        product(slopes.data(), rows, width, width, 1, w.data(), y.data());
    }
    double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("plain loops: %.1f CPU us (check %g)\n", 1e6 * seconds / turns, gradient[5] + y[7]);
}

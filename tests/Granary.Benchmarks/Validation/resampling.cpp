// The paths of ResamplingCoverage.cs as plain loops, one thread. g++ -O3 -march=native resampling.cpp -o resampling; ./resampling 10000 2500
#include <algorithm>
#include <ctime>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

static uint64_t mix(uint64_t s) {
    uint64_t z = s + 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}
static double uniform(uint64_t& s) {
    double u = (mix(s) >> 11) * (1.0 / 9007199254740992.0);
    s += 0x9E3779B97F4A7C15ull;
    return u;
}
static void order(uint64_t& s, double block, std::vector<int>& at) {
    int n = at.size(), k = 0;
    for (int i = 0; i < n; i++) at[i] = k = i == 0 || uniform(s) < 1 / block ? int(uniform(s) * n) : k + 1 == n ? 0 : k + 1;
}

int main(int argc, char** argv) {
    const int paths = atoi(argv[1]), n = atoi(argv[2]), points = 100;
    std::vector<double> d(n), r(n), drawdown(paths), critical(paths), longest(paths), lowest(paths), highest(paths);
    std::vector<std::vector<double>> fan(points, std::vector<double>(paths));
    uint64_t seed = 1;
    double mean = 0, s2 = 0;
    for (auto& v : d) { v = 0.0004 + 0.01 * std::sqrt(-2 * std::log(1 - uniform(seed))) * std::cos(6.283185307179586 * uniform(seed)); mean += v / n; }
    for (auto& v : d) { v -= mean; s2 += v * v / n; }
    auto begin = std::clock();
    std::vector<int> at(n);
    for (int p = 0; p < paths; p++) {
        uint64_t s = mix(p);
        order(s, 1.5, at);
        double sum = 0, squares = 0;
        for (int i : at) { sum += d[i]; squares += d[i] * d[i]; }
        double m = sum / n, c = std::min(3.0, std::sqrt(s2 / (squares / n - m * m)));
        order(s, 1.5, at);
        for (int t = 0; t < n; t++) r[t] = mean + c * (d[at[t]] - m);
        double e = 1, peak = 1, trough = 1, low = 1, high = 1, deep = 0;
        int peakAt = 0, under = 0, next = 0;
        for (int t = 1; t <= n; t++) {
            e *= std::max(0.0, 1 + r[t - 1]);
            if (e >= peak) {
                if (trough < peak) { deep = std::max(deep, 1 - trough / peak); under = std::max(under, t - peakAt); }
                peak = trough = e; peakAt = t; high = std::max(high, e);
            } else if (e < trough) { trough = e; low = std::min(low, e); }
            if (next < points && t == (long)n * (next + 1) / points) fan[next++][p] = e;
        }
        drawdown[p] = std::max(deep, 1 - trough / peak); longest[p] = under; lowest[p] = low; highest[p] = high;
        double size = 1.0 / 1024, step = 20.0;
        for (int pass = 0; pass < 3; pass++) {
            step /= 17;
            double sizes[16], w[16], least[16];
            for (int k = 0; k < 16; k++) { sizes[k] = size * std::exp2(step * (k + 1)); w[k] = least[k] = 1; }
            for (int t = 0; t < n; t++)
                for (int k = 0; k < 16; k++) { w[k] = std::max(1e-60, w[k] * (1 + sizes[k] * r[t])); least[k] = std::min(least[k], w[k]); }
            for (int k = 15; k >= 0; k--) if (least[k] > 0.5) { size = sizes[k]; break; }
        }
        critical[p] = size;
    }
    for (auto& f : fan) std::sort(f.begin(), f.end());
    for (auto* v : {&drawdown, &critical, &longest}) std::sort(v->begin(), v->end());
    std::printf("%.3f s of the processor (%g %g)\n", double(std::clock() - begin) / CLOCKS_PER_SEC, fan[99][paths / 2], critical[paths / 20]);
}

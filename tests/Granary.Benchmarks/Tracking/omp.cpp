// Orthogonal matching pursuit as plain loops: the same algorithm, data and order as Granary.Learning's, for a ratio in one run.
// g++ -O3 -march=native [-ffast-math] omp.cpp -o omp && ./omp 5000 1000 50 3
// Prints the best seconds of so many runs, then the chosen columns, then the residual's norm.
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

static uint64_t state;

static double uniform() {
    uint64_t z = state += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return ((z ^ (z >> 31)) >> 11) * (1.0 / 9007199254740992.0);
}

static double dot(const double* a, const double* b, int n) {
    double s = 0;
    for (int i = 0; i < n; i++) s += a[i] * b[i];
    return s;
}

int main(int argc, char** argv) {
    int names = atoi(argv[1]), periods = atoi(argv[2]), most = atoi(argv[3]), runs = atoi(argv[4]);
    state = 7;
    std::vector<double> market(periods), panel((size_t)names * periods), y(periods, 0.0);
    for (auto& m : market) m = uniform() - 0.5;
    for (int j = 0; j < names; j++)
        for (int t = 0; t < periods; t++) panel[(size_t)j * periods + t] = 0.5 * market[t] + uniform() - 0.5;
    for (int j = 0; j < names; j += names / 80)
        for (int t = 0; t < periods; t++) y[t] += panel[(size_t)j * periods + t] / 80;
    for (int t = 0; t < periods; t++) y[t] += 0.02 * (uniform() - 0.5);

    double best = 1e99, left = 0;
    std::vector<int> support;
    for (int run = 0; run < runs; run++) {
        auto start = std::chrono::steady_clock::now();
        support.clear();
        std::vector<double> residual(y), z;
        std::vector<std::vector<double>> q, r;
        std::vector<char> barred(names, 0);
        while ((int)support.size() < most) {
            int name = -1;
            double largest = 0;
            for (int j = 0; j < names; j++) {
                if (barred[j]) continue;
                double score = std::fabs(dot(&panel[(size_t)j * periods], residual.data(), periods));
                if (score > largest) { largest = score; name = j; }
            }
            if (name < 0) break;
            barred[name] = 1;
            std::vector<double> column(panel.begin() + (size_t)name * periods, panel.begin() + (size_t)(name + 1) * periods);
            double norm = std::sqrt(dot(column.data(), column.data(), periods));
            std::vector<double> entries(support.size() + 1, 0.0);
            for (int pass = 0; pass < 2; pass++)
                for (size_t k = 0; k < support.size(); k++) {
                    double part = dot(q[k].data(), column.data(), periods);
                    entries[k] += part;
                    for (int t = 0; t < periods; t++) column[t] -= part * q[k][t];
                }
            double rest = std::sqrt(dot(column.data(), column.data(), periods));
            if (rest <= 1e-10 * norm) continue;
            for (auto& c : column) c /= rest;
            entries[support.size()] = rest;
            double step = dot(column.data(), residual.data(), periods);
            for (int t = 0; t < periods; t++) residual[t] -= step * column[t];
            support.push_back(name);
            q.push_back(column);
            r.push_back(entries);
            z.push_back(step);
        }
        for (int k = (int)z.size() - 1; k >= 0; k--) {
            z[k] /= r[k][k];
            for (int i = 0; i < k; i++) z[i] -= r[k][i] * z[k];
        }
        left = std::sqrt(dot(residual.data(), residual.data(), periods));
        double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (seconds < best) best = seconds;
    }
    printf("%.6f\n", best);
    for (int s : support) printf("%d ", s);
    printf("\n%.12g\n", left);
}

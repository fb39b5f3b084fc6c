// What each factor costs in a plain C++ loop: whole arrays at hand, no blocks, no state kept between calls, running sums in plain doubles.
// Where a running sum would not give the definition (deviations lose their digits to cancellation) the loop uses the recurrence that ours uses.
// Built as a library, so that one process times both in turns.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

namespace {
constexpr double NaN = std::numeric_limits<double>::quiet_NaN();
constexpr double Inf = std::numeric_limits<double>::infinity();

struct Bars {
    const int64_t* t;
    const double *o, *h, *l, *c, *v, *ref;
    long n;
};
using Loop = void (*)(const Bars&, const double* p, double** out);

void fill(double* out, long n) { for (long i = 0; i < n; i++) out[i] = NaN; }

// An exponential average of x[from …], seeded by the simple average of its first n.
void ema_of(const double* x, long from, long count, int n, double a, double* out) {
    fill(out, std::min(count, from + n - 1));
    if (from + n > count) return;
    double s = 0;
    for (long i = from; i < from + n; i++) s += x[i];
    double e = s / n;
    out[from + n - 1] = e;
    for (long i = from + n; i < count; i++) out[i] = e += a * (x[i] - e);
}

void sma_of(const double* x, long from, long count, int n, double* out) {
    double s = 0;
    for (long i = 0; i < count; i++) {
        if (i < from) { out[i] = NaN; continue; }
        s += x[i];
        if (i >= from + n) s -= x[i - n];
        out[i] = i >= from + n - 1 ? s / n : NaN;
    }
}

void wma_of(const double* x, long from, long count, int n, double* out) {
    double s = 0, w = 0, d = n * (n + 1.0) / 2;
    for (long i = 0; i < count; i++) {
        if (i < from) { out[i] = NaN; continue; }
        if (i - from < n) { s += x[i]; w += (i - from + 1) * x[i]; }
        else { w += n * x[i] - s; s += x[i] - x[i - n]; }
        out[i] = i - from >= n - 1 ? w / d : NaN;
    }
}

// Greatest of the last n by van Herk's recurrence.
template <bool Max> void extreme_of(const double* x, long count, int n, double* out) {
    auto pick = [](double a, double b) { return Max ? (a > b ? a : b) : (a < b ? a : b); };
    std::vector<double> tail(n + 1, Max ? -Inf : Inf);
    double head = Max ? -Inf : Inf;
    int at = 0;
    for (long i = 0; i < count; i++) {
        head = pick(head, x[i]);
        out[i] = i >= n - 1 ? pick(head, tail[at + 1]) : NaN;
        tail[at] = x[i];
        if (++at == n) {
            for (int k = n - 2; k >= 0; k--) tail[k] = pick(tail[k], tail[k + 1]);
            head = Max ? -Inf : Inf;
            at = 0;
        }
    }
}

// Mean and squared deviation by Welford's recurrence on both parts of the window and Chan's join.
template <class F> void moments_of(const double* x, long from, long count, int n, F emit) {
    std::vector<double> mean(n + 1), squares(n + 1);
    double m = 0, s = 0;
    int at = 0;
    for (long i = from; i < count; i++) {
        double d = x[i] - m;
        m += d / (at + 1);
        s += d * (x[i] - m);
        double apart = mean[at + 1] - m;
        emit(i, m + apart * (n - at - 1) / n, s + squares[at + 1] + apart * apart * (at + 1) * (n - at - 1) / n);
        mean[at] = x[i];
        if (++at == n) {
            double tm = 0, ts = 0;
            for (int k = n - 1, c = 1; k >= 0; k--, c++) {
                double v = mean[k], e = v - tm;
                tm += e / c;
                ts += e * (v - tm);
                mean[k] = tm;
                squares[k] = ts;
            }
            m = s = 0;
            at = 0;
        }
    }
}

double tr(const Bars& b, long i) { return std::max(b.h[i] - b.l[i], std::max(std::fabs(b.h[i] - b.c[i - 1]), std::fabs(b.l[i] - b.c[i - 1]))); }

void atr_of(const Bars& b, int n, double* out) {
    double e = 0, a = 1.0 / n;
    for (long i = 0; i < b.n; i++) {
        if (i == 0) { out[i] = NaN; continue; }
        double r = tr(b, i);
        if (i < n) { e += r; out[i] = NaN; }
        else if (i == n) out[i] = e = (e + r) / n;
        else out[i] = e += a * (r - e);
    }
}

double rsi_next(double x, double before, int n, long i, double& g, double& l) {
    double d = x - before, up = d > 0 ? d : 0, dn = d < 0 ? -d : 0, a = 1.0 / n;
    if (i > n) { g += a * (up - g); l += a * (dn - l); }
    else { g += up; l += dn; if (i < n) return NaN; g /= n; l /= n; }
    return l > 0 ? 100 - 100 / (1 + g / l) : 100;
}
double raw_stochastic(double c, double h, double l) { return h == l || c <= l ? 0 : c >= h ? 100 : 100 * (c - l) / (h - l); }

std::vector<double>& scratch(int k, long n) {
    static std::vector<double> s[16];
    if ((long)s[k].size() < n) s[k].resize(n);
    return s[k];
}

void open_(const Bars& b, const double*, double** o) { std::memcpy(o[0], b.o, b.n * 8); }
void high_(const Bars& b, const double*, double** o) { std::memcpy(o[0], b.h, b.n * 8); }
void low_(const Bars& b, const double*, double** o) { std::memcpy(o[0], b.l, b.n * 8); }
void close_(const Bars& b, const double*, double** o) { std::memcpy(o[0], b.c, b.n * 8); }
void volume_(const Bars& b, const double*, double** o) { std::memcpy(o[0], b.v, b.n * 8); }
void sma(const Bars& b, const double* p, double** o) { sma_of(b.c, 0, b.n, (int)p[0], o[0]); }
void ema(const Bars& b, const double* p, double** o) { ema_of(b.c, 0, b.n, (int)p[0], 2 / (p[0] + 1), o[0]); }
void regime(const Bars& b, const double* p, double** o) {
    int fast = (int)p[0], slow = (int)p[1], warm = std::max(fast, slow), state = -1;
    double enter = p[2], leave = std::min(p[3], p[2]), up[2] = {-leave, enter}, down[2] = {-enter, leave}, age = 0;
    sma_of(b.c, 0, b.n, fast, o[2]);
    sma_of(b.c, 0, b.n, slow, o[0]);
    for (long i = 0; i < b.n; i++) {
        if (i < warm - 1) { o[0][i] = o[1][i] = o[2][i] = NaN; continue; }
        double gap = o[2][i] = 100 * (o[2][i] / o[0][i] - 1);
        auto reach = [&](int s) { while (s < 2 && gap > up[s]) s++; while (s > 0 && gap < down[s - 1]) s--; return s; };
        if (state < 0) state = reach(1);
        else if (++age >= p[4]) { int r = reach(state); if (r != state) { state = r; age = 0; } }
        o[0][i] = state - 1;
        o[1][i] = age;
    }
}
void rma(const Bars& b, const double* p, double** o) { ema_of(b.c, 0, b.n, (int)p[0], 1 / p[0], o[0]); }
void wma(const Bars& b, const double* p, double** o) { wma_of(b.c, 0, b.n, (int)p[0], o[0]); }
void hma(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    auto &a = scratch(0, b.n), &h = scratch(1, b.n);
    wma_of(b.c, 0, b.n, n, a.data());
    wma_of(b.c, 0, b.n, n / 2, h.data());
    for (long i = 0; i < b.n; i++) a[i] = 2 * h[i] - a[i];
    wma_of(a.data(), n - 1, b.n, (int)std::sqrt((double)n), o[0]);
}
void dema(const Bars& b, const double* p, double** o) {
    double k = 2 / (p[0] + 1), e2 = NaN;
    auto& e = scratch(0, b.n);
    ema_of(b.c, 0, b.n, (int)p[0], k, e.data());
    for (long i = 0; i < b.n; i++) { e2 = i < p[0] ? e[i] : e2 + k * (e[i] - e2); o[0][i] = 2 * e[i] - e2; }
}
void tema(const Bars& b, const double* p, double** o) {
    double k = 2 / (p[0] + 1), e2 = NaN, e3 = NaN;
    auto& e = scratch(0, b.n);
    ema_of(b.c, 0, b.n, (int)p[0], k, e.data());
    for (long i = 0; i < b.n; i++) {
        if (i < p[0]) e2 = e3 = e[i];
        else { e2 += k * (e[i] - e2); e3 += k * (e2 - e3); }
        o[0][i] = 3 * e[i] - 3 * e2 + e3;
    }
}
void macd(const Bars& b, const double* p, double** o) {
    auto &f = scratch(0, b.n), &s = scratch(1, b.n);
    ema_of(b.c, 0, b.n, (int)p[0], 2 / (p[0] + 1), f.data());
    ema_of(b.c, 0, b.n, (int)p[1], 2 / (p[1] + 1), s.data());
    for (long i = 0; i < b.n; i++) o[0][i] = f[i] - s[i];
    ema_of(o[0], (long)std::max(p[0], p[1]) - 1, b.n, (int)p[2], 2 / (p[2] + 1), o[1]);
    for (long i = 0; i < b.n; i++) o[2][i] = o[0][i] - o[1][i];
}
void rsi(const Bars& b, const double* p, double** o) {
    double g = 0, l = 0;
    o[0][0] = NaN;
    for (long i = 1; i < b.n; i++) o[0][i] = rsi_next(b.c[i], b.c[i - 1], (int)p[0], i, g, l);
}
void smooth_kd(const double* raw, long from, long n, int smooth, int signal, double** o) {
    sma_of(raw, from, n, smooth, o[0]);
    sma_of(o[0], from + smooth - 1, n, signal, o[1]);
}
void stochastic(const Bars& b, const double* p, double** o) {
    auto &h = scratch(0, b.n), &l = scratch(1, b.n);
    extreme_of<true>(b.h, b.n, (int)p[0], h.data());
    extreme_of<false>(b.l, b.n, (int)p[0], l.data());
    for (long i = 0; i < b.n; i++) h[i] = raw_stochastic(b.c[i], h[i], l[i]);
    smooth_kd(h.data(), (long)p[0] - 1, b.n, (int)p[1], (int)p[2], o);
}
void stochastic_rsi(const Bars& b, const double* p, double** o) {
    auto &r = scratch(0, b.n), &h = scratch(1, b.n), &l = scratch(2, b.n);
    double* rr = r.data();
    rsi(b, p, &rr);
    long f = (long)p[0];
    extreme_of<true>(rr + f, b.n - f, (int)p[1], h.data() + f);
    extreme_of<false>(rr + f, b.n - f, (int)p[1], l.data() + f);
    for (long i = f; i < b.n; i++) r[i] = raw_stochastic(r[i], h[i], l[i]);
    smooth_kd(rr, f + (long)p[1] - 1, b.n, (int)p[2], (int)p[3], o);
}
void williams(const Bars& b, const double* p, double** o) {
    auto &h = scratch(0, b.n), &l = scratch(1, b.n);
    extreme_of<true>(b.h, b.n, (int)p[0], h.data());
    extreme_of<false>(b.l, b.n, (int)p[0], l.data());
    for (long i = 0; i < b.n; i++) o[0][i] = i >= p[0] - 1 ? raw_stochastic(b.c[i], h[i], l[i]) - 100 : NaN;
}
void atr(const Bars& b, const double* p, double** o) { atr_of(b, (int)p[0], o[0]); }
void natr(const Bars& b, const double* p, double** o) {
    atr_of(b, (int)p[0], o[0]);
    for (long i = 0; i < b.n; i++) o[0][i] = 100 * o[0][i] / b.c[i];
}
void true_range(const Bars& b, const double*, double** o) {
    o[0][0] = NaN;
    for (long i = 1; i < b.n; i++) o[0][i] = tr(b, i);
}
void bollinger(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    sma_of(b.c, 0, b.n, n, o[0]);
    moments_of(b.c, 0, b.n, n, [&](long i, double, double s) {
        if (i < n - 1) { o[1][i] = o[2][i] = o[3][i] = o[4][i] = NaN; return; }
        double m = o[0][i], r = p[1] * std::sqrt(s / n), u = m + r, l = m - r;
        o[1][i] = u; o[2][i] = l; o[3][i] = (b.c[i] - l) / (u - l); o[4][i] = (u - l) / m;
    });
}
void donchian(const Bars& b, const double* p, double** o) {
    auto &h = scratch(0, b.n), &l = scratch(1, b.n);
    extreme_of<true>(b.h, b.n, (int)p[0], h.data());
    extreme_of<false>(b.l, b.n, (int)p[0], l.data());
    o[0][0] = o[1][0] = o[2][0] = NaN;
    for (long i = 1; i < b.n; i++) { o[0][i] = h[i - 1]; o[1][i] = l[i - 1]; o[2][i] = (h[i - 1] + l[i - 1]) / 2; }
}
void adx(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    double a = 1 / p[0], r = 0, u = 0, d = 0, x = 0;
    for (long i = 0; i < b.n; i++) {
        o[0][i] = o[1][i] = o[2][i] = NaN;
        if (i == 0) continue;
        double up = b.h[i] - b.h[i - 1], dn = b.l[i - 1] - b.l[i], t = tr(b, i);
        double pd = up > dn && up > 0 ? up : 0, md = dn > up && dn > 0 ? dn : 0;
        if (i > n) { r += a * (t - r); u += a * (pd - u); d += a * (md - d); }
        else { r += t; u += pd; d += md; if (i < n) continue; r /= n; u /= n; d /= n; }
        double pi = r > 0 ? 100 * u / r : 0, mi = r > 0 ? 100 * d / r : 0, dx = pi == mi ? 0 : 100 * std::fabs(pi - mi) / (pi + mi);
        o[1][i] = pi; o[2][i] = mi;
        if (i >= 2 * n) o[0][i] = x += a * (dx - x);
        else { x += dx; if (i == 2 * n - 1) o[0][i] = x /= n; }
    }
}
void roc(const Bars& b, const double* p, double** o) {
    long n = (long)p[0];
    for (long i = 0; i < b.n; i++) o[0][i] = i >= n ? 100 * (b.c[i] - b.c[i - n]) / b.c[i - n] : NaN;
}
void momentum(const Bars& b, const double* p, double** o) {
    long n = (long)p[0];
    for (long i = 0; i < b.n; i++) o[0][i] = i >= n ? b.c[i] - b.c[i - n] : NaN;
}
void return_(const Bars& b, const double* p, double** o) {
    long n = (long)p[0];
    for (long i = 0; i < b.n; i++) o[0][i] = i >= n ? std::log(b.c[i] / b.c[i - n]) : NaN;
}
void stddev(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    moments_of(b.c, 0, b.n, n, [&](long i, double, double s) { o[0][i] = i >= n - 1 ? std::sqrt(s / n) : NaN; });
}
void zscore(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    moments_of(b.c, 0, b.n, n, [&](long i, double m, double s) { o[0][i] = i >= n - 1 && s > 0 ? (b.c[i] - m) / std::sqrt(s / n) : NaN; });
}
double* returns(const Bars& b, int k) {
    auto& r = scratch(k, b.n);
    r[0] = 0;
    for (long i = 1; i < b.n; i++) r[i] = std::log(b.c[i] / b.c[i - 1]);
    return r.data();
}
void volatility(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    o[0][0] = NaN;
    moments_of(returns(b, 0), 1, b.n, n, [&](long i, double, double s) { o[0][i] = i >= n ? std::sqrt(s / (n - 1)) : NaN; });
}
void obv(const Bars& b, const double*, double** o) {
    double s = 0;
    o[0][0] = 0;
    for (long i = 1; i < b.n; i++) {
        if (b.c[i] > b.c[i - 1]) s += b.v[i];
        else if (b.c[i] < b.c[i - 1]) s -= b.v[i];
        o[0][i] = s;
    }
}
void mfi(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    auto &in = scratch(0, b.n), &out = scratch(1, b.n);
    double before = NaN, si = 0, so = 0;
    for (long i = 0; i < b.n; i++) {
        double t = (b.h[i] + b.l[i] + b.c[i]) / 3, f = t * b.v[i];
        in[i] = t > before ? f : 0;
        out[i] = t < before ? f : 0;
        before = t;
        si += in[i]; so += out[i];
        if (i >= n) { si -= in[i - n]; so -= out[i - n]; }
        o[0][i] = i < n ? NaN : so > 0 ? 100 - 100 / (1 + si / so) : 100;
    }
}
void cci(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    auto& t = scratch(0, b.n);
    double s = 0;
    for (long i = 0; i < b.n; i++) {
        s += t[i] = (b.h[i] + b.l[i] + b.c[i]) / 3;
        if (i >= n) s -= t[i - n];
        if (i < n - 1) { o[0][i] = NaN; continue; }
        double m = s / n, d = 0;
        for (long k = i - n + 1; k <= i; k++) d += std::fabs(t[k] - m);
        d /= n;
        o[0][i] = d > 1e-14 * std::fabs(m) ? (t[i] - m) / (0.015 * d) : NaN;
    }
}
// Age of the older of equal extremes among the last n, by a monotonic queue.
template <bool Max> void age_of(const double* x, long count, int n, double* out) {
    std::vector<long> q(n);
    int head = 0, size = 0;
    for (long i = 0; i < count; i++) {
        if (size && q[head] <= i - n) { head = head + 1 == n ? 0 : head + 1; size--; }
        while (size) {
            int last = head + size - 1;
            if (last >= n) last -= n;
            if (Max ? x[q[last]] < x[i] : x[q[last]] > x[i]) size--;
            else break;
        }
        int slot = head + size;
        if (slot >= n) slot -= n;
        q[slot] = i;
        size++;
        out[i] = (double)(i - q[head]);
    }
}
void aroon(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    age_of<true>(b.h, b.n, n + 1, o[0]);
    age_of<false>(b.l, b.n, n + 1, o[1]);
    for (long i = 0; i < b.n; i++) {
        o[0][i] = i >= n ? 100 * (n - o[0][i]) / n : NaN;
        o[1][i] = i >= n ? 100 * (n - o[1][i]) / n : NaN;
        o[2][i] = o[0][i] - o[1][i];
    }
}
void psar(const Bars& b, const double* p, double** o) {
    double f = p[0], ep = b.h[0], sar = b.l[0];
    bool rising = true, turned = false;
    o[0][0] = NaN;
    for (long i = 1; i < b.n; i++) {
        bool known = turned;
        if (rising) {
            sar += f * (ep - sar);
            if (i >= 2) sar = std::min(sar, std::min(b.l[i - 1], b.l[i - 2]));
            if (b.l[i] < sar) { sar = ep; ep = b.l[i]; rising = false; turned = true; f = p[0]; }
            else if (b.h[i] > ep) { ep = b.h[i]; f = std::min(f + p[0], p[1]); }
        } else {
            sar -= f * (sar - ep);
            if (i >= 2) sar = std::max(sar, std::max(b.h[i - 1], b.h[i - 2]));
            if (b.h[i] > sar) { sar = ep; ep = b.h[i]; rising = true; turned = true; f = p[0]; }
            else if (b.l[i] < ep) { ep = b.l[i]; f = std::min(f + p[0], p[1]); }
        }
        o[0][i] = known ? sar : NaN;
    }
}
void slope_of(const double* x, long count, int n, double* slope, double* mean) {
    double s = 0, w = 0, xx = n * ((double)n * n - 1) / 12;
    for (long i = 0; i < count; i++) {
        if (i < n) { s += x[i]; w += (i + 1) * x[i]; }
        else { w += n * x[i] - s; s += x[i] - x[i - n]; }
        slope[i] = i >= n - 1 ? (w - (n + 1) / 2.0 * s) / xx : NaN;
        if (mean) mean[i] = s / n;
    }
}
void slope(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    double xx = n * ((double)n * n - 1) / 12;
    slope_of(b.c, b.n, n, o[0], o[2]);
    moments_of(b.c, 0, b.n, n, [&](long i, double, double s) {
        o[1][i] = i >= n - 1 && s > 0 ? std::min(1.0, o[0][i] * o[0][i] * xx / s) : NaN;
        o[2][i] = i >= n - 1 ? o[2][i] - o[0][i] * (i + 1 - (n - 1) / 2.0) : NaN;
    });
}
void range_of(const Bars& b, int n, double* out) {
    auto& l = scratch(9, b.n);
    extreme_of<true>(b.h, b.n, n, out);
    extreme_of<false>(b.l, b.n, n, l.data());
    for (long i = 0; i < b.n; i++) out[i] -= l[i];
}
void efficiency_of(const Bars& b, int n, double* out) {
    double way = 0;
    for (long i = 0; i < b.n; i++) {
        if (i > 0) way += std::fabs(b.c[i] - b.c[i - 1]);
        if (i > n) way -= std::fabs(b.c[i - n] - b.c[i - n - 1]);
        out[i] = i >= n ? (way > 0 ? std::min(1.0, std::fabs(b.c[i] - b.c[i - n]) / way) : 0) : NaN;
    }
}
void range(const Bars& b, const double* p, double** o) { range_of(b, (int)p[0], o[0]); }
void efficiency(const Bars& b, const double* p, double** o) { efficiency_of(b, (int)p[0], o[0]); }
void highest(const Bars& b, const double* p, double** o) { extreme_of<true>(b.h, b.n, (int)p[0], o[0]); }
void lowest(const Bars& b, const double* p, double** o) { extreme_of<false>(b.l, b.n, (int)p[0], o[0]); }
void trend(const Bars& b, const double*, double** o) {
    int spans[] = {10, 20, 30, 50, 100};
    for (int k = 0; k < 5; k++) {
        range_of(b, spans[k], o[3 * k]);
        efficiency_of(b, spans[k], o[3 * k + 1]);
        slope_of(b.c, b.n, spans[k], o[3 * k + 2], nullptr);
    }
}
void kama(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    double fast = 2 / (p[1] + 1), slow = 2 / (p[2] + 1), k = 0, way = 0;
    for (long i = 0; i < b.n; i++) {
        if (i > 0) way += std::fabs(b.c[i] - b.c[i - 1]);
        if (i > n) way -= std::fabs(b.c[i - n] - b.c[i - n - 1]);
        if (i < n - 1) { o[0][i] = NaN; continue; }
        if (i == n - 1 || !(way > 0)) k = b.c[i];
        else {
            double s = std::min(1.0, std::fabs(b.c[i] - b.c[i - n]) / way) * (fast - slow) + slow;
            k += s * s * (b.c[i] - k);
        }
        o[0][i] = k;
    }
}
void ratio_of_sums(const double* a, const double* w, long count, int n, double* out) {
    double x = 0, y = 0;
    for (long i = 0; i < count; i++) {
        x += a[i]; y += w[i];
        if (i >= n) { x -= a[i - n]; y -= w[i - n]; }
        out[i] = i >= n - 1 && y > 0 ? x / y : NaN;
    }
}
void vwma(const Bars& b, const double* p, double** o) {
    auto& a = scratch(0, b.n);
    for (long i = 0; i < b.n; i++) a[i] = b.c[i] * b.v[i];
    ratio_of_sums(a.data(), b.v, b.n, (int)p[0], o[0]);
}
double multiplier(const Bars& b, long i) { return b.h[i] > b.l[i] ? (b.c[i] - b.l[i] - (b.h[i] - b.c[i])) / (b.h[i] - b.l[i]) : 0; }
void cmf(const Bars& b, const double* p, double** o) {
    auto& a = scratch(0, b.n);
    for (long i = 0; i < b.n; i++) a[i] = multiplier(b, i) * b.v[i];
    ratio_of_sums(a.data(), b.v, b.n, (int)p[0], o[0]);
}
void adl(const Bars& b, const double*, double** o) {
    double s = 0;
    for (long i = 0; i < b.n; i++) o[0][i] = s += multiplier(b, i) * b.v[i];
}
void force_index(const Bars& b, const double* p, double** o) {
    auto& a = scratch(0, b.n);
    for (long i = 1; i < b.n; i++) a[i] = (b.c[i] - b.c[i - 1]) * b.v[i];
    ema_of(a.data(), 1, b.n, (int)p[0], 2 / (p[0] + 1), o[0]);
}
void ultimate(const Bars& b, const double* p, double** o) {
    auto &bp = scratch(0, b.n), &t = scratch(1, b.n);
    bp[0] = t[0] = 0;
    double s[6] = {};
    long n[3] = {(long)p[0], (long)p[1], (long)p[2]}, warm = std::max(n[0], std::max(n[1], n[2]));
    for (long i = 1; i < b.n; i++) { double lo = std::min(b.l[i], b.c[i - 1]); bp[i] = b.c[i] - lo; t[i] = std::max(b.h[i], b.c[i - 1]) - lo; }
    for (long i = 0; i < b.n; i++) {
        for (int k = 0; k < 3; k++) {
            s[k] += bp[i]; s[k + 3] += t[i];
            if (i >= n[k]) { s[k] -= bp[i - n[k]]; s[k + 3] -= t[i - n[k]]; }
        }
        o[0][i] = i >= warm ? 100 * (4 * s[0] / s[3] + 2 * s[1] / s[4] + s[2] / s[5]) / 7 : NaN;
    }
}
void tsi(const Bars& b, const double* p, double** o) {
    auto &c = scratch(0, b.n), &a = scratch(1, b.n), &c1 = scratch(2, b.n), &a1 = scratch(3, b.n);
    int n = (int)p[0], m = (int)p[1];
    for (long i = 1; i < b.n; i++) { c[i] = b.c[i] - b.c[i - 1]; a[i] = std::fabs(c[i]); }
    ema_of(c.data(), 1, b.n, n, 2 / (p[0] + 1), c1.data());
    ema_of(a.data(), 1, b.n, n, 2 / (p[0] + 1), a1.data());
    ema_of(c1.data(), n, b.n, m, 2 / (p[1] + 1), c.data());
    ema_of(a1.data(), n, b.n, m, 2 / (p[1] + 1), a.data());
    for (long i = 0; i < b.n; i++) o[0][i] = 100 * c[i] / a[i];
    ema_of(o[0], n + m - 1, b.n, (int)p[2], 2 / (p[2] + 1), o[1]);
}
void awesome(const Bars& b, const double* p, double** o) {
    auto &m = scratch(0, b.n), &f = scratch(1, b.n);
    for (long i = 0; i < b.n; i++) m[i] = (b.h[i] + b.l[i]) / 2;
    sma_of(m.data(), 0, b.n, (int)p[0], f.data());
    sma_of(m.data(), 0, b.n, (int)p[1], o[0]);
    for (long i = 0; i < b.n; i++) o[0][i] = f[i] - o[0][i];
}
void keltner(const Bars& b, const double* p, double** o) {
    ema_of(b.c, 0, b.n, (int)p[0], 2 / (p[0] + 1), o[0]);
    atr_of(b, (int)p[2], o[1]);
    for (long i = 0; i < b.n; i++) { double m = o[0][i], r = p[1] * o[1][i]; o[1][i] = m + r; o[2][i] = m - r; o[3][i] = 2 * r / m; }
}
void supertrend(const Bars& b, const double* p, double** o) {
    auto& a = scratch(0, b.n);
    atr_of(b, (int)p[0], a.data());
    double u = NaN, l = NaN;
    bool rising = true;
    for (long i = 0; i < b.n; i++) {
        o[0][i] = o[1][i] = o[2][i] = o[3][i] = NaN;
        if (i < p[0]) continue;
        double r = p[1] * a[i], m = (b.h[i] + b.l[i]) / 2;
        if (std::isnan(u)) { rising = b.c[i] >= m; u = m + r; l = m - r; }
        if (m + r < u || b.c[i - 1] > u) u = m + r;
        if (m - r > l || b.c[i - 1] < l) l = m - r;
        rising = b.c[i] > (rising ? l : u);
        o[0][i] = rising ? l : u;
        (rising ? o[3] : o[2])[i] = o[0][i];
        o[1][i] = rising ? 1 : -1;
    }
}
void ichimoku(const Bars& b, const double* p, double** o) {
    auto &l = scratch(0, b.n), &s = scratch(1, b.n);
    for (int k = 0; k < 3; k++) {
        double* out = k < 2 ? o[k] : s.data();
        extreme_of<true>(b.h, b.n, (int)p[k], out);
        extreme_of<false>(b.l, b.n, (int)p[k], l.data());
        for (long i = 0; i < b.n; i++) out[i] = (out[i] + l[i]) / 2;
    }
    long d = (long)p[1];
    for (long i = 0; i < b.n; i++) { o[2][i] = i >= d ? (o[0][i - d] + o[1][i - d]) / 2 : NaN; o[3][i] = i >= d ? s[i - d] : NaN; }
}
void chandelier(const Bars& b, const double* p, double** o) {
    auto& a = scratch(0, b.n);
    atr_of(b, (int)p[0], a.data());
    extreme_of<true>(b.h, b.n, (int)p[0], o[0]);
    extreme_of<false>(b.l, b.n, (int)p[0], o[1]);
    for (long i = 0; i < b.n; i++) { o[0][i] -= p[1] * a[i]; o[1][i] += p[1] * a[i]; }
}
void choppiness(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    auto &h = scratch(0, b.n), &l = scratch(1, b.n), &x = scratch(2, b.n), &m = scratch(3, b.n);
    for (long i = 1; i < b.n; i++) { h[i] = std::max(b.h[i], b.c[i - 1]); l[i] = std::min(b.l[i], b.c[i - 1]); }
    extreme_of<true>(h.data() + 1, b.n - 1, n, x.data() + 1);
    extreme_of<false>(l.data() + 1, b.n - 1, n, m.data() + 1);
    double s = 0, k = 100 / std::log((double)n);
    o[0][0] = NaN;
    for (long i = 1; i < b.n; i++) {
        s += h[i] - l[i];
        if (i > n) s -= h[i - n] - l[i - n];
        double r = x[i] - m[i];
        o[0][i] = i >= n && r > 0 ? k * std::log(s / r) : NaN;
    }
}
void ulcer(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    for (long i = 0; i < b.n; i++) {
        if (i < n - 1) { o[0][i] = NaN; continue; }
        double peak = b.c[i - n + 1], inverse = 100 / peak, s = 0;
        for (long k = i - n + 1; k <= i; k++) {
            if (b.c[k] > peak) { peak = b.c[k]; inverse = 100 / peak; }
            double d = (b.c[k] - peak) * inverse;
            s += d * d;
        }
        o[0][i] = std::sqrt(s / n);
    }
}
constexpr int64_t Day = 864000000000LL, Minute = 600000000LL;
void vwap(const Bars& b, const double*, double** o) {
    double x = 0, v = 0;
    int64_t end = 0;
    for (long i = 0; i < b.n; i++) {
        if (b.t[i] >= end) { end = (b.t[i] / Day + 1) * Day; x = v = 0; }
        x += (b.h[i] + b.l[i] + b.c[i]) / 3 * b.v[i];
        v += b.v[i];
        o[0][i] = v > 0 ? x / v : NaN;
    }
}
void pivot_points(const Bars& b, const double*, double** o) {
    double lv[9], h = 0, l = 0, c = 0;
    for (double& x : lv) x = NaN;
    int64_t end = 0;
    for (long i = 0; i < b.n; i++) {
        if (b.t[i] >= end) {
            if (end) {
                double q = (h + l + c) / 3;
                lv[0] = q; lv[1] = 2 * q - h; lv[2] = q - (h - l); lv[3] = l - 2 * (h - q); lv[5] = 2 * q - l; lv[6] = q + (h - l); lv[7] = h + 2 * (q - l);
            }
            end = (b.t[i] / Day + 1) * Day;
            h = b.h[i]; l = b.l[i];
        }
        h = std::max(h, b.h[i]); l = std::min(l, b.l[i]); c = b.c[i];
        for (int k = 0; k < 9; k++) o[k][i] = lv[k];
    }
}
void gap(const Bars& b, const double*, double** o) {
    double g = NaN;
    int64_t end = 0;
    for (long i = 0; i < b.n; i++) {
        if (b.t[i] >= end) { if (end) g = 100 * (b.o[i] - b.c[i - 1]) / b.c[i - 1]; end = (b.t[i] / Day + 1) * Day; }
        o[0][i] = g;
    }
}
void day_type(const Bars& b, const double* p, double** o) {
    std::vector<double> ranges;
    double op = 0, h = 0, l = 0, mean = NaN;
    int64_t end = 0;
    size_t n = (size_t)p[0];
    for (long i = 0; i < b.n; i++) {
        if (b.t[i] >= end) {
            if (end) ranges.push_back(h - l);
            if (ranges.size() >= n) { double s = 0; for (size_t k = ranges.size() - n; k < ranges.size(); k++) s += ranges[k]; mean = s / p[0]; }
            end = (b.t[i] / Day + 1) * Day;
            op = b.o[i]; h = b.h[i]; l = b.l[i];
        }
        h = std::max(h, b.h[i]); l = std::min(l, b.l[i]);
        double r = h - l;
        o[0][i] = r > 0 ? std::min(1.0, std::max(-1.0, (b.c[i] - op) / r)) : 0;
        o[1][i] = r / mean;
    }
}
void hour_of_day(const Bars& b, const double*, double** o) {
    for (long i = 0; i < b.n; i++) { int m = (int)(b.t[i] % Day / Minute); o[0][i] = m / 60; o[1][i] = m; }
}
void day_of_week(const Bars& b, const double*, double** o) {
    for (long i = 0; i < b.n; i++) o[0][i] = (double)(b.t[i] / Day % 7 + 1);
}
void bars_since(const Bars& b, const double*, double** o) {
    double k = 0;
    int64_t end = 0;
    for (long i = 0; i < b.n; i++) {
        if (b.t[i] >= end) { end = (b.t[i] / Day + 1) * Day; k = -1; }
        o[0][i] = ++k;
    }
}
void opening_range(const Bars& b, const double* p, double** o) {
    double u = NaN, l = NaN;
    int64_t end = 0, until = 0, length = (int64_t)p[0] * Minute;
    for (long i = 0; i < b.n; i++) {
        if (b.t[i] >= end) { end = (b.t[i] / Day + 1) * Day; until = b.t[i] + length; u = b.h[i]; l = b.l[i]; }
        else if (b.t[i] < until) { u = std::max(u, b.h[i]); l = std::min(l, b.l[i]); }
        bool done = b.t[i] + Minute >= until;
        o[0][i] = done ? u : NaN; o[1][i] = done ? l : NaN;
    }
}
void comoments(const double* x, const double* y, int n, double& xx, double& yy, double& xy) {
    double mx = 0, my = 0;
    for (int k = 0; k < n; k++) { mx += x[k]; my += y[k]; }
    mx /= n; my /= n;
    xx = yy = xy = 0;
    for (int k = 0; k < n; k++) { double a = x[k] - mx, c = y[k] - my; xx += a * a; yy += c * c; xy += a * c; }
}
void correlation(const Bars& b, const double* p, double** o) {
    int n = (int)p[1];
    for (long i = 0; i < b.n; i++) {
        if (i < n - 1) { o[0][i] = NaN; continue; }
        double xx, yy, xy;
        comoments(b.c + i - n + 1, b.ref + i - n + 1, n, xx, yy, xy);
        o[0][i] = xx > 0 && yy > 0 ? std::min(1.0, std::max(-1.0, xy / (std::sqrt(xx) * std::sqrt(yy)))) : NaN;
    }
}
void beta(const Bars& b, const double* p, double** o) {
    int n = (int)p[1];
    auto &x = scratch(0, b.n), &y = scratch(1, b.n);
    for (long i = 1; i < b.n; i++) { x[i] = b.c[i] / b.c[i - 1] - 1; y[i] = b.ref[i] / b.ref[i - 1] - 1; }
    for (long i = 0; i < b.n; i++) {
        if (i < n) { o[0][i] = NaN; continue; }
        double xx, yy, xy;
        comoments(x.data() + i - n + 1, y.data() + i - n + 1, n, xx, yy, xy);
        o[0][i] = yy > 0 ? xy / yy : NaN;
    }
}
void higher_moment(const Bars& b, int n, bool fourth, double* out) {
    double* r = returns(b, 0);
    for (long i = 0; i < b.n; i++) {
        if (i < n) { out[i] = NaN; continue; }
        const double* w = r + i - n + 1;
        double m = 0, s = 0, t = 0, f = 0;
        for (int k = 0; k < n; k++) m += w[k];
        m /= n;
        for (int k = 0; k < n; k++) { double d = w[k] - m, q = d * d; s += q; t += q * d; f += q * q; }
        s /= n; t /= n; f /= n;
        out[i] = s > 0 ? (fourth ? f / (s * s) : t / (s * std::sqrt(s))) : NaN;
    }
}
void skew(const Bars& b, const double* p, double** o) { higher_moment(b, (int)p[0], false, o[0]); }
void kurtosis(const Bars& b, const double* p, double** o) { higher_moment(b, (int)p[0], true, o[0]); }
void hurst(const Bars& b, const double* p, double** o) {
    int n = (int)p[0];
    double* r = returns(b, 0);
    for (long i = 0; i < b.n; i++) {
        if (i < n) { o[0][i] = NaN; continue; }
        const double* w = r + i - n + 1;
        double ls[6], lr[6], mx = 0, my = 0, xx = 0, xy = 0;
        int sets = 0;
        for (int parts = 1; parts <= 32 && n / parts >= 8; parts *= 2, sets++) {
            int size = n / parts;
            double sum = 0;
            for (int start = n - size * parts; start < n; start += size) {
                double m = 0, y = 0, lo = 1e300, hi = -1e300, sq = 0;
                for (int k = 0; k < size; k++) m += w[start + k];
                m /= size;
                for (int k = 0; k < size; k++) { double d = w[start + k] - m; y += d; lo = y < lo ? y : lo; hi = y > hi ? y : hi; sq += d * d; }
                sum += sq > 0 ? (hi - lo) / std::sqrt(sq / size) : NaN;
            }
            mx += ls[sets] = std::log10((double)size);
            my += lr[sets] = std::log10(sum / parts);
        }
        mx /= sets; my /= sets;
        for (int k = 0; k < sets; k++) { xx += (ls[k] - mx) * (ls[k] - mx); xy += (ls[k] - mx) * (lr[k] - my); }
        o[0][i] = xy / xx;
    }
}
void entropy(const Bars& b, const double* p, double** o) {
    int n = (int)p[0], bins = (int)p[1];
    double* r = returns(b, 0);
    std::vector<int> count(bins);
    for (long i = 0; i < b.n; i++) {
        if (i < n) { o[0][i] = NaN; continue; }
        const double* w = r + i - n + 1;
        double lo = w[0], hi = w[0], s = 0;
        for (int k = 0; k < n; k++) { lo = std::min(lo, w[k]); hi = std::max(hi, w[k]); }
        if (!(hi > lo)) { o[0][i] = 0; continue; }
        std::fill(count.begin(), count.end(), 0);
        double scale = bins / (hi - lo);
        for (int k = 0; k < n; k++) count[std::min(bins - 1, (int)((w[k] - lo) * scale))]++;
        for (int c : count) if (c) s -= (double)c / n * std::log((double)c / n);
        o[0][i] = s / std::log((double)bins);
    }
}
void support_resistance(const Bars& b, const double* p, double** o) {
    int n = (int)p[0], wing = (int)p[1];
    auto& a = scratch(0, b.n);
    atr_of(b, 14, a.data());
    std::vector<std::pair<double, long>> turns;
    auto insert = [&](double price, long bar) {
        auto it = turns.end();
        while (it != turns.begin() && (it - 1)->first > price) --it;
        turns.insert(it, {price, bar});
    };
    for (long i = 0; i < b.n; i++) {
        turns.erase(std::remove_if(turns.begin(), turns.end(), [&](auto& t) { return t.second <= i - n; }), turns.end());
        if (i >= 2 * wing) {
            long m = i - wing;
            bool hi = true, lo = true;
            for (int k = 1; k <= wing; k++) {
                hi &= b.h[m - k] < b.h[m] && b.h[m + k] <= b.h[m];
                lo &= b.l[m - k] > b.l[m] && b.l[m + k] >= b.l[m];
            }
            if (hi) insert(b.h[m], m);
            if (lo) insert(b.l[m], m);
        }
        double reach = p[2] * a[i], s = NaN, r = NaN, st = NaN, rt = NaN;
        for (size_t from = 0; from < turns.size() && !std::isnan(reach);) {
            double sum = 0, first = turns[from].first;
            size_t to = from;
            for (; to < turns.size() && turns[to].first - first <= reach; to++) sum += turns[to].first - first;
            double touches = (double)(to - from), level = first + sum / touches;
            from = to;
            if (touches < 2) continue;
            if (level <= b.c[i]) { s = level; st = touches; }
            else { r = level; rt = touches; break; }
        }
        o[0][i] = s; o[1][i] = r; o[2][i] = st; o[3][i] = rt;
    }
}

const std::unordered_map<std::string, Loop> loops = {
    {"open", open_}, {"high", high_}, {"low", low_}, {"close", close_}, {"volume", volume_},
    {"sma", sma}, {"ema", ema}, {"rma", rma}, {"regime", regime}, {"wma", wma}, {"hma", hma}, {"dema", dema}, {"tema", tema}, {"kama", kama}, {"vwma", vwma}, {"macd", macd},
    {"rsi", rsi}, {"stochastic", stochastic}, {"stochastic-rsi", stochastic_rsi}, {"williams", williams}, {"cci", cci}, {"roc", roc}, {"momentum", momentum},
    {"adx", adx}, {"aroon", aroon}, {"atr", atr}, {"natr", natr}, {"true-range", true_range}, {"bollinger", bollinger}, {"keltner", keltner}, {"donchian", donchian},
    {"psar", psar}, {"supertrend", supertrend}, {"ichimoku", ichimoku}, {"chandelier", chandelier}, {"choppiness", choppiness}, {"ulcer", ulcer}, {"ultimate", ultimate},
    {"tsi", tsi}, {"awesome", awesome}, {"obv", obv}, {"mfi", mfi}, {"cmf", cmf}, {"adl", adl}, {"force-index", force_index}, {"vwap", vwap},
    {"stddev", stddev}, {"zscore", zscore}, {"return", return_}, {"volatility", volatility}, {"range", range}, {"efficiency", efficiency}, {"slope", slope},
    {"highest", highest}, {"lowest", lowest}, {"trend", trend}, {"pivot-points", pivot_points}, {"support-resistance", support_resistance}, {"gap", gap},
    {"day-type", day_type}, {"hour-of-day", hour_of_day}, {"day-of-week", day_of_week}, {"bars-since", bars_since}, {"opening-range", opening_range},
    {"correlation", correlation}, {"beta", beta}, {"skew", skew}, {"kurtosis", kurtosis}, {"hurst", hurst}, {"entropy", entropy},
};
}

// 0 where the name is known.
extern "C" int run_loop(const char* name, const int64_t* t, const double* o, const double* h, const double* l, const double* c, const double* v, const double* ref,
                        long n, const double* p, double** out) {
    auto it = loops.find(name);
    if (it == loops.end()) return 1;
    it->second(Bars{t, o, h, l, c, v, ref, n}, p, out);
    return 0;
}

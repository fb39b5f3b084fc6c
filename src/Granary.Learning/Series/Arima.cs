using Granary.Engine.Numerics;
using Granary.Learning.Numerics;

namespace Granary.Learning.Series;

/// <summary>w = Δ^d y; w[t] = c + Σ φ w[t−i] + ε[t] + Σ θ ε[t−j].</summary>
internal sealed class Arima
{
    private readonly int _d;
    private readonly double _constant;
    private readonly double[] _phi, _theta;

    private Arima(int d, double constant, double[] phi, double[] theta)
    {
        _d = d;
        _constant = constant;
        _phi = phi;
        _theta = theta;
    }

    public IReadOnlyList<double> Phi => _phi;

    public IReadOnlyList<double> Theta => _theta;

    public static Arima Fit(double[] y, int p, int d, int q)
    {
        var w = Difference(y, d);
        var mean = Dense.Sum(w) / w.Length;
        var start = HannanRissanen(w, mean, p, q);
        // The constant is parametrised as the mean of the series, which is estimated more accurately than c itself.
        var point = new double[1 + p + q];
        point[0] = mean;
        start.CopyTo(point, 1);
        if (!double.IsFinite(Loss(point))) Array.Clear(point, 1, p + q);
        point = NelderMead.Minimise(Loss, point, evaluations: 200 + 150 * (p + q));
        return Make(point);

        double Loss(double[] at)
        {
            if (!Stable(at.AsSpan(1, p), 1) || !Stable(at.AsSpan(1 + p, q), -1)) return double.PositiveInfinity;
            return Make(at).SumOfSquares(w, Math.Max(p, q));
        }

        Arima Make(double[] at)
        {
            var phi = at[1..(1 + p)];
            var constant = at[0];
            foreach (var value in phi) constant -= value * at[0];
            return new Arima(d, constant, phi, at[(1 + p)..]);
        }
    }

    /// <summary>The forecast <paramref name="ahead"/> steps after the last of <paramref name="y"/>.</summary>
    public double Forecast(ReadOnlySpan<double> y, int ahead)
    {
        var levels = new double[_d + 1];
        double[] w = [.. y];
        for (var k = 0; k < _d; k++)
        {
            levels[k] = w[^1];
            w = Difference(w, 1);
        }
        var (p, q) = (_phi.Length, _theta.Length);
        var residuals = new double[w.Length + ahead];
        Array.Resize(ref w, w.Length + ahead);
        for (var t = 0; t < w.Length; t++)
        {
            var expected = Expected(w, residuals, t, p, q);
            if (t < w.Length - ahead) residuals[t] = t < Math.Max(p, q) ? 0 : w[t] - expected;
            else w[t] = expected;
        }
        if (_d == 0) return w[^1];
        // Invert the differences, innermost first.
        var future = w[^ahead..];
        for (var k = _d - 1; k >= 0; k--)
        {
            var level = levels[k];
            for (var s = 0; s < ahead; s++) future[s] = level += future[s];
        }
        return future[^1];
    }

    /// <summary>Mean squared error of the one-step forecasts of y[from …].</summary>
    public double OneStepError(double[] y, int from)
    {
        var w = Difference(y, _d);
        var residuals = new double[w.Length];
        var sum = 0.0;
        for (var t = 0; t < w.Length; t++)
        {
            residuals[t] = t < Math.Max(_phi.Length, _theta.Length) ? 0 : w[t] - Expected(w, residuals, t, _phi.Length, _theta.Length);
            if (t >= from - _d) sum += residuals[t] * residuals[t];
        }
        return sum / (y.Length - from);
    }

    public override string ToString() =>
        $"ARIMA({_phi.Length},{_d},{_theta.Length}) constant {_constant:G4}, φ "
            + $"[{string.Join(", ", _phi.Select(v => v.ToString("G4")))}], θ [{string.Join(", ", _theta.Select(v => v.ToString("G4")))}]";

    private double Expected(double[] w, double[] residuals, int t, int p, int q)
    {
        var value = _constant;
        for (var i = 1; i <= p && t - i >= 0; i++) value += _phi[i - 1] * w[t - i];
        for (var j = 1; j <= q && t - j >= 0; j++) value += _theta[j - 1] * residuals[t - j];
        return value;
    }

    private double SumOfSquares(double[] w, int skip)
    {
        var residuals = new double[w.Length];
        var sum = 0.0;
        for (var t = skip; t < w.Length; t++)
        {
            residuals[t] = w[t] - Expected(w, residuals, t, _phi.Length, _theta.Length);
            sum += residuals[t] * residuals[t];
        }
        return sum;
    }

    // Whether all roots are outside the unit circle, by converting the coefficients to partial correlations (Durbin–Levinson backwards).
    private static bool Stable(ReadOnlySpan<double> coefficients, double sign)
    {
        var a = new double[coefficients.Length];
        for (var i = 0; i < a.Length; i++) a[i] = sign * coefficients[i];
        for (var k = a.Length; k > 0; k--)
        {
            var last = a[k - 1];
            if (!(Math.Abs(last) < 0.9999)) return false;
            var next = new double[k - 1];
            for (var i = 0; i < k - 1; i++) next[i] = (a[i] + last * a[k - 2 - i]) / (1 - last * last);
            next.CopyTo(a, 0);
        }
        return true;
    }

    private static double[] HannanRissanen(double[] w, double mean, int p, int q)
    {
        if (p + q == 0) return [];
        var x = Array.ConvertAll(w, v => v - mean);
        var residuals = new double[x.Length];
        var skip = 0;
        if (q > 0)
        {
            skip = Math.Min(10 + p + q, x.Length / 4);
            var longAr = Regress(x, residuals, skip, 0, skip);
            for (var t = skip; t < x.Length; t++)
            {
                residuals[t] = x[t];
                for (var i = 1; i <= skip; i++) residuals[t] -= longAr[i - 1] * x[t - i];
            }
        }
        return Regress(x, residuals, p, q, skip + Math.Max(p, q));
    }

    private static double[] Regress(double[] x, double[] residuals, int p, int q, int from)
    {
        var size = p + q;
        var gram = new double[size * size];
        var moment = new double[size];
        var row = new double[size];
        for (var t = from; t < x.Length; t++)
        {
            for (var i = 0; i < p; i++) row[i] = x[t - 1 - i];
            for (var j = 0; j < q; j++) row[p + j] = residuals[t - 1 - j];
            for (var i = 0; i < size; i++) Dense.AddScaled(row[i], row.AsSpan(0, i + 1), gram.AsSpan(i * size, i + 1));
            Dense.AddScaled(x[t], row, moment);
        }
        Cholesky.Solve(gram, moment);
        return moment;
    }

    private static double[] Difference(double[] y, int d)
    {
        for (var k = 0; k < d; k++)
        {
            var w = new double[y.Length - 1];
            for (var t = 0; t < w.Length; t++) w[t] = y[t + 1] - y[t];
            y = w;
        }
        return y;
    }
}

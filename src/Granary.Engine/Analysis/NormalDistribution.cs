namespace Granary.Engine.Analysis;

/// <summary>The standard normal distribution, to double precision.</summary>
internal static class NormalDistribution
{
    /// <summary>The Euler–Mascheroni constant, which the expected maximum of many normals contains.</summary>
    public const double EulerMascheroni = 0.57721566490153286060651209;

    /// <summary>P(Z ≤ x).</summary>
    public static double Cumulative(double x) => 0.5 * Erfc(-x / Math.Sqrt(2));

    /// <summary>The density at x.</summary>
    public static double Density(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    /// <summary>The x with P(Z ≤ x) = p. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988): about 16 digits.</summary>
    /// <returns>−∞ for 0, ∞ for 1, NaN outside [0, 1].</returns>
    public static double Quantile(double p)
    {
        if (double.IsNaN(p) || p < 0 || p > 1) return double.NaN;
        if (p == 0) return double.NegativeInfinity;
        if (p == 1) return double.PositiveInfinity;
        var q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var s = 0.180625 - q * q;
            return q * Ratio(s,
                [2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
                    1971.5909503065514427, 133.14166789178437745, 3.387132872796366608],
                [5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
                    687.1870074920579083, 42.313330701600911252, 1]);
        }
        var r = Math.Sqrt(-Math.Log(q < 0 ? p : 1 - p));
        double x;
        if (r <= 5)
        {
            x = Ratio(r - 1.6,
                [7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258, 3.64784832476320460504,
                    5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734],
                [1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
                    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1]);
        }
        else
        {
            x = Ratio(r - 5,
                [2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
                    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772],
                [2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
                    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1]);
        }
        return q < 0 ? -x : x;
    }

    /// <summary>
    /// The complementary error function. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969).
    /// </summary>
    public static double Erfc(double x)
    {
        var y = Math.Abs(x);
        if (y <= NearZero) return 1 - ErfNearZero(x);
        var tail = 0.0;
        if (!(y > 27)) // also NaN, which stays NaN
        {
            // exp(−y²) with the square split, so that its rounding does not enter the exponent.
            var head = Math.Truncate(y * 16) / 16;
            tail = ScaledTail(y) * (Math.Exp(-head * head) * Math.Exp(-(y - head) * (y + head)));
        }
        return x < 0 ? 2 - tail : tail;
    }

    /// <summary>e^(x²) · erfc(x) for x ≥ 0, which stays above zero where <see cref="Erfc"/> does not; the same bits on every machine.
    /// </summary>
    public static double ScaledErfc(double x) =>
        x <= NearZero ? (1 - ErfNearZero(x)) * Numerics.PortableMath.Exp(x * x) : ScaledTail(x);

    private const double NearZero = 0.46875;

    // e^(y²) · erfc(y) for y > 0.46875.
    private static double ScaledTail(double y)
    {
        if (y <= 4)
        {
            return Ratio(y,
                [2.15311535474403846343e-8, 0.564188496988670089180, 8.88314979438837594118, 66.1191906371416294775, 298.635138197400131132,
                    881.952221241769090411, 1712.04761263407058314, 2051.07837782607146532, 1230.33935479799725272],
                [1, 15.7449261107098347253, 117.693950891312499305, 537.181101862009857509, 1621.38957456669018874, 3290.79923573345962678,
                    4362.61909014324715820, 3439.36767414372163696, 1230.33935480374942043]);
        }
        var s = 1 / (y * y);
        var ratio = s * Ratio(s,
            [-1.63153871373020978498e-2, -3.05326634961232344035e-1, -3.60344899949804439429e-1, -1.25781726111229246204e-1,
                -1.60837851487422766278e-2, -6.58749161529837803157e-4],
            [1, 2.56852019228982242072, 1.87295284992346047209, 5.27905102951428412248e-1, 6.05183413124413191178e-2,
                2.33520497626869185443e-3]);
        return (1 / Math.Sqrt(Math.PI) + ratio) / y;
    }

    private static double ErfNearZero(double x)
    {
        var s = x * x;
        return x * Ratio(s,
            [0.185777706184603152673, 3.16112374387056560, 113.864154151050156, 377.485237685302021, 3209.37758913846947],
            [1, 23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062]);
    }

    // Both polynomials from the highest power down.
    private static double Ratio(double x, ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator)
    {
        double n = 0, d = 0;
        foreach (var c in numerator) n = n * x + c;
        foreach (var c in denominator) d = d * x + c;
        return n / d;
    }
}

namespace Granary.Recompute.Tests.Figures;

/// <summary>Skewness and raw kurtosis of returns, and what they do to the error of a Sharpe ratio.</summary>
internal readonly record struct Shape(double Skew, double Kurtosis)
{
    /// <summary>Of the standard normal distribution.</summary>
    public const double Quantile95 = 1.6448536269514722;

    public static Shape Of(double[] values)
    {
        var mean = values.Average();
        double Moment(int power) => values.Average(v => Math.Pow(v - mean, power));
        return new(Moment(3) / Math.Pow(Moment(2), 1.5), Moment(4) / (Moment(2) * Moment(2)));
    }

    /// <summary>√(1 − γ₃·SR + (γ₄ − 1)/4·SR²), SR per period.</summary>
    public double Error(double sharpe) => Math.Sqrt(1 - Skew * sharpe + (Kurtosis - 1) / 4 * sharpe * sharpe);

    /// <summary>Φ by numerical integration of the density: slow, and shares nothing with the product's approximation.</summary>
    public static double Normal(double z)
    {
        const int Steps = 20_000;
        var (sum, width) = (0.0, z / Steps);
        for (var i = 0; i < Steps; i++) sum += Math.Exp(-Math.Pow((i + 0.5) * width, 2) / 2);
        return 0.5 + sum * width / Math.Sqrt(2 * Math.PI);
    }
}

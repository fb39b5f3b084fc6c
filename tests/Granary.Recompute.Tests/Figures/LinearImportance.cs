using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Figures;

/// <summary>
/// Permutation importance of a logistic model, whose weights follow from its predictions: the logits are linear in the features. What a
/// feature is worth is the mean fall of the area under the curve over many shuffles of its own.
/// </summary>
internal static class LinearImportance
{
    private const int Shuffles = 200;

    /// <summary>Values of the features, at the close of each bar but the first ten.</summary>
    /// <param name="bars">Of the model's market.</param>
    /// <param name="bar">Length of a bar.</param>
    public static Dictionary<DateTime, double[]> Features(IReadOnlyList<MarketBar> bars, TimeSpan bar, IReadOnlyList<string> names) =>
        Enumerable.Range(10, bars.Count - 10).ToDictionary(i => bars[i].Time + bar, i => names.Select(n => Value(bars, i, n)).ToArray());

    /// <summary>Means over the windows, and how far one shuffle for each window lies from them by chance.</summary>
    /// <param name="samples">Of all windows, training samples too.</param>
    /// <exception cref="ShouldAssertException">The logits of a window are not linear in the features.</exception>
    public static (double Mean, double Error)[] Of(IReadOnlyList<ModelSample> samples, IReadOnlyDictionary<DateTime, double[]> features)
    {
        var random = new Random(11);
        var windows = samples.Where(s => s.Window > 0).GroupBy(s => s.Window).ToList();
        var width = features.Values.First().Length;
        var (means, variances) = (new double[width], new double[width]);
        foreach (var window in windows)
        {
            var weights = Weights([.. window], features);
            List<ModelSample> tests = [.. window.Where(s => s.IsTest)];
            var whole = ModelSamples.Measures(tests, true)["auc"];
            for (var f = 0; f < width; f++)
            {
                double[] falls = [.. Enumerable.Range(0, Shuffles).Select(_ => whole - Shuffled(tests, features, weights, f, random))];
                means[f] += falls.Average() / windows.Count;
                variances[f] += Math.Pow(CurveFigures.Deviation(falls) / windows.Count, 2);
            }
        }
        return [.. means.Zip(variances, (m, v) => (m, Math.Sqrt(v * (1 + 1.0 / Shuffles))))];
    }

    /// <summary>The intercept and the weights of the features.</summary>
    public static double[] Weights(List<ModelSample> samples, IReadOnlyDictionary<DateTime, double[]> features)
    {
        // A probability of 0 or 1 to all digits has no logit.
        samples = samples.FindAll(s => s.Prediction is > 1e-9 and < 1 - 1e-9);
        var width = features.Values.First().Length;
        List<double[]> columns = [[.. samples.Select(_ => 1.0)], .. Enumerable.Range(0, width)
            .Select(f => samples.Select(s => features[s.Time][f]).ToArray())];
        double[] logits = [.. samples.Select(s => Math.Log(s.Prediction / (1 - s.Prediction)))];
        var weights = LeastSquares.Free(columns, logits);
        LeastSquares.Residual(columns, logits, weights).Max(Math.Abs).ShouldBeLessThan(1e-6, "logits are linear in the features");
        return weights;
    }

    private static double Shuffled(List<ModelSample> tests, IReadOnlyDictionary<DateTime, double[]> features, double[] weights, int feature,
        Random random)
    {
        int[] order = [.. Enumerable.Range(0, tests.Count)];
        random.Shuffle(order);
        double Logit(int i) => weights[0] + features[tests[i].Time]
            .Select((x, f) => weights[f + 1] * (f == feature ? features[tests[order[i]].Time][f] : x)).Sum();
        return ModelSamples.Measures([.. tests.Select((t, i) => t with { Prediction = 1 / (1 + Math.Exp(-Logit(i))) })], true)["auc"];
    }

    // By docs/factors.md.
    private static double Value(IReadOnlyList<MarketBar> bars, int at, string name)
    {
        double Return(int i, int length) => Math.Log(bars[i].Close / bars[i - length].Close);
        double[] Last(int length, Func<int, double> of) => [.. Enumerable.Range(at - length + 1, length).Select(of)];
        return name switch
        {
            "return(1)" => Return(at, 1),
            "return(5)" => Return(at, 5),
            "sma(5)/close" => Last(5, i => bars[i].Close).Average() / bars[at].Close,
            "volatility(10)" => CurveFigures.Deviation(Last(10, i => Return(i, 1))),
            _ => throw new InvalidOperationException($"nothing computes the feature '{name}'"),
        };
    }
}

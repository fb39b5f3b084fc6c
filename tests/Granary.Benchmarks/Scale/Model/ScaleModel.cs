namespace Granary.Benchmarks.Scale.Model;

/// <summary>A quantity of the model: what it is, how it was measured, and the terms that it is the sum of.</summary>
/// <param name="Unit">Unit of the coefficients in the page, and how many of the measurement's unit it is.</param>
/// <param name="Terms">Name and value of each term in a measurement.</param>
/// <param name="Least">Smallest value that a measurement resolves.</param>
internal sealed record Quantity(string Name, string Unit, double Scale, Func<Measurement, double> Measured,
    IReadOnlyList<(string Name, Func<Measurement, double> Value)> Terms, double Least, Func<Measurement, bool> Uses)
{
    public double[] TermsOf(Measurement row) => [.. Terms.Select(t => t.Value(row))];

    public Fit Solve(IEnumerable<Measurement> measured)
    {
        Measurement[] own = [.. measured.Where(m => m.Use == "fit" && Uses(m))];
        return LeastSquares.Solve([.. own.Select(TermsOf)], [.. own.Select(Measured)], Least);
    }
}

/// <summary>What a cluster spends, as sums of terms whose coefficients are fitted to measured.csv.</summary>
internal static class ScaleModel
{
    public static Quantity Processor { get; } = new("processor time", "ms", 1000, m => m.ProcessorSeconds,
        [
            ("silo and second", m => m.SiloSeconds),
            ("batch", m => m.Batches),
            ("feed", m => m.Feeds),
            ("strategy", m => m.Outcomes),
            ("strategy and further silo", m => m.Outcomes * (m.Silos - 1)),
            ("strategy and bar", m => m.Evaluations),
        ], 0.2, _ => true);

    public static Quantity Reporting { get; } = new("of it on the reporting silo alone", "ms", 1000, m => m.ReportingSeconds,
        [
            ("second of a batch", m => m.Seconds),
            ("feed", m => m.Feeds),
            ("strategy", m => m.Outcomes),
        ], 0.2, m => m is { Silos: > 1, Batches: > 0 });

    public static IReadOnlyList<Quantity> Quantities { get; } =
    [
        Processor,
        Reporting,
        new("statements of the database", "statements", 1, m => m.Statements,
            [("silo and second", m => m.SiloSeconds), ("batch", m => m.Batches)], 10, _ => true),
        new("rows of the database", "rows", 1, m => m.Rows,
            [
                ("silo and second", m => m.SiloSeconds),
                ("pair of silos and second", m => m.PairSeconds),
                ("batch", m => m.Batches),
            ], 10, _ => true),
        new("log of the database", "bytes", 1, m => m.LogBytes,
            [("silo and second", m => m.SiloSeconds), ("batch", m => m.Batches), ("strategy", m => m.Outcomes)], 1000, _ => true),
        new("bytes between idle silos", "bytes", 1, m => m.NetworkBytes,
            [("second", m => m.Seconds), ("pair of silos and second", m => m.PairSeconds)], 20_000, m => m is { Silos: > 1, Batches: 0 }),
        new("bytes between silos with batches", "bytes", 1, m => m.NetworkBytes,
        [
            ("batch", m => m.Batches),
            ("strategy", m => m.Outcomes),
            ("bar of a feed and further silo", m => m.FeedBars * (m.Silos - 1)),
        ], 20_000, m => m is { Silos: > 1, Batches: > 0 }),
    ];
}

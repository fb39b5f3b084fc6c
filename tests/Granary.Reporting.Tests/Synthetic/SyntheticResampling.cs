using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Synthetic;

/// <summary>Resampled paths of a synthetic account: three methods with paths, and one with too few returns.</summary>
internal static class SyntheticResampling
{
    private static readonly double[] s_quantiles = [0.05, 0.25, 0.5, 0.75, 0.95];

    public static ResamplingResults Results { get; } = new()
    {
        Seed = 1,
        Goal = 1,
        Ruin = 0.5,
        Skip = 0.1,
        Quantiles = s_quantiles,
        Methods =
        [
            Method("periods", "Another record, from its days", "day", 2.3) with
            {
                Cautions = ["120 days are few: another record of this length ends in the range only 8 to 9 times of 10."],
            },
            Method("trades", "Another record, from its trades", "trade", 1),
            Method("order", "The same trades in another order", "trade", null),
            new ResampledMethod("skipped", "10 % of the entries missed", "The same trades.", "trade", 7)
            {
                Absence = "Too few trades: the record has 7, and 20 are the least.",
            },
        ],
    };

    private static ResampledMethod Method(string method, string title, string unit, double? block)
    {
        DateTime[] times = [.. Enumerable.Range(0, 50).Select(d => new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(5 * d))];
        double[] Line(double slope) => [.. times.Select((_, i) => 100_000 * (1 + slope * i / 50))];
        return new ResampledMethod(method, title, "Paths of the same length.", unit, 250)
        {
            Paths = 1000,
            MeanBlock = block,
            Fan = new EquityFan(times, Line(0.1), [Line(-0.3), Line(-0.1), Line(0.08), Line(0.3), Line(0.7)]),
            Figures =
            [
                new("finalEquity", 110_000, [70_000, 90_000, 108_000, 130_000, 170_000]),
                new("maxDrawdown", 0.12, [0.06, 0.09, 0.13, 0.18, 0.3]), new("underwaterDays", 80, [30, 60, 90, 150, 240]),
            ],
            Events = [new("ruin", 0.02), new("goal", 0.04), .. method == "order" ? (ResampledEvent[])[] : [new("loss", 0.3, 12)]],
            Sizes = [.. new[] { 0.01, 0.05, 0.1, 0.5, 0.9 }.Select((r, i) => new SizeOfRisk(r, i == 4 ? double.NaN : 1 + i))],
        };
    }
}

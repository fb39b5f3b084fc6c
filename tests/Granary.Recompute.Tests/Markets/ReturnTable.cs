using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Markets;

/// <summary>Returns of nine names that move with one market, and of an index of all of them.</summary>
internal sealed class ReturnTable
{
    public const string Index = "INDEX";

    private static readonly double[] Parts = [0.3, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05];

    public ReturnTable(int seed, int periods)
    {
        var random = new Random(seed);
        Times = [.. RandomMarket.Weekdays(new DateTime(2019, 1, 1, 0, 0, 0, DateTimeKind.Utc), periods)];
        var columns = Parts.Select(_ => new double[periods]).ToArray();
        Target = new double[periods];
        for (var t = 0; t < periods; t++)
        {
            var market = 0.02 * (random.NextDouble() - 0.49);
            for (var k = 0; k < Parts.Length; k++)
            {
                columns[k][t] = Math.Round(market * (0.6 + 0.1 * k) + 0.03 * (random.NextDouble() - 0.5), 8);
                Target[t] += Parts[k] * columns[k][t];
            }
            Target[t] = Math.Round(Target[t], 8);
        }
        Columns = columns;
    }

    public IReadOnlyList<DateTime> Times { get; }

    public IReadOnlyList<string> Names { get; } = [.. Parts.Select((_, k) => $"{(char)('A' + k)}{(char)('A' + k)}")];

    public IReadOnlyList<double[]> Columns { get; }

    public double[] Target { get; }

    /// <returns>Path of the file.</returns>
    public string Write(TemporaryFolder folder) => folder.Write("panel.csv", string.Join('\n',
        Times.Select((time, t) => $"{time:yyyy-MM-dd},{string.Join(',', Columns.Select(c => c[t].ToString("F8")))},{Target[t]:F8}")
            .Prepend($"date,{string.Join(',', Names)},{Index}")) + "\n");
}

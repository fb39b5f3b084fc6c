using System.Globalization;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Testing;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Refuses nothing. It holds the portfolio at one of its rows while a test holds the row.</summary>
[PortfolioRule("held", "Holds the portfolio at row 'row' while a test holds the row.")]
public sealed class HeldRule([Range(1, 1_000_000)] int row = 1) : IPortfolioRule
{
    private int _rows;

    public void OnRevalued(long day, IPortfolioView portfolio)
    {
        if (++_rows == row) HeldRow.Pass(row);
    }
}

/// <summary>
/// A row that no portfolio of this process passes until the test releases it. Rules are made without services, so that a file says whether
/// the row is held, and another one that a portfolio has reached it.
/// </summary>
internal sealed class HeldRow : IDisposable
{
    private readonly int _row;

    /// <param name="row">Each test has a row of its own.</param>
    public HeldRow(int row)
    {
        _row = row;
        File.WriteAllText(PathOf(row, "held"), "");
    }

    /// <summary>Waits for the first portfolio that reaches the row.</summary>
    public Task ReachedAsync() => Eventually.HoldsAsync(() => File.Exists(PathOf(_row, "reached")));

    public void Dispose()
    {
        File.Delete(PathOf(_row, "held"));
        File.Delete(PathOf(_row, "reached"));
    }

    public static void Pass(int row)
    {
        if (!File.Exists(PathOf(row, "held"))) return;
        File.WriteAllText(PathOf(row, "reached"), "");
        while (File.Exists(PathOf(row, "held"))) Thread.Sleep(20);
    }

    private static string PathOf(int row, string what) =>
        Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"granary-row-{Environment.ProcessId}-{row}.{what}"));
}

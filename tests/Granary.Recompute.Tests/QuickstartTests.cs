using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

[assembly: AssemblyFixture(typeof(Granary.Recompute.Tests.QuickstartRun))]

namespace Granary.Recompute.Tests;

/// <summary>The run of samples/quickstart.json, made once.</summary>
public sealed class QuickstartRun : IAsyncLifetime
{
    internal const double Cash = 100_000, Commission = 0.0005;

    private readonly TemporaryFolder _folder = new();

    internal RunFiles Files { get; private set; } = null!;

    internal MarketSet Markets { get; private set; } = null!;

    /// <summary>Rebuilt once, for all tests that need the strategies' own accounts.</summary>
    internal RunFigures Figures { get; private set; } = null!;

    /// <summary>Of the validation checks.</summary>
    internal ValidationFigures Validation { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var folder = _folder.File("run");
        await GranaryCommand.RunAsync("backtest", Repository.Sample("quickstart.json"), "--out", folder, "--quiet");
        Files = new RunFiles(folder);
        Markets = new MarketSet(Directory.GetFiles(Repository.Sample("data/1h"), "*.csv")
            .ToDictionary(f => Path.GetFileNameWithoutExtension(f), MarketBar.Read, StringComparer.Ordinal));
        Figures = new RunFigures(Files, Markets, Cash, Commission);
        Validation = new ValidationFigures(FilteredStrategy.Of(Figures), Figures.Rows, Cash, "winners");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Every figure of the quickstart's files follows from its trades and bars.</summary>
public class QuickstartTests(QuickstartRun run)
{
    [Fact]
    public void Equity_and_statistics_of_the_portfolio_follow_from_its_trades_and_the_bars() =>
        AccountCheck.Portfolio(run.Files, run.Markets, QuickstartRun.Cash, QuickstartRun.Commission);

    [Fact]
    public void Profit_by_condition_follows_from_the_trades_and_the_bars()
    {
        ConditionTables.File(run.Figures);
        run.Figures.Conditions.Rows.Select(r => r.Condition).Distinct().ShouldBe(["volatility", "hour", "weekday", "entry", "exit"],
            ignoreOrder: true);
    }
}

using System.Globalization;
using Granary.Engine.Trading;
using Granary.Modelling.Tests.Allocation;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Tests.Batches;

public sealed class PlanVariantTests : IDisposable
{
    private const double Commission = 40;

    private readonly AllocationBatch _batch = new(0.001, 0.0005);

    public void Dispose() => _batch.Dispose();

    [Fact]
    public void A_variant_keeps_what_it_does_not_change()
    {
        var spec = _batch.Spec("");
        var stressed = BatchPlan.Make(spec, ["S0", "S1"]).Stressed();
        BatchPlan[] variants =
        [
            stressed.AsMembers(), stressed.Reading(_ => ["S1"]), stressed.WithModels(new Dictionary<int, IEntryModel>()),
            stressed.WithRisk([]), stressed.WithoutLimits(), stressed.TradingFrom(1, 2), stressed.Where(_ => true), stressed.First(2),
            stressed.Alone(stressed.Instances[1]), stressed.InOwnPortfolio(stressed.Instances[1]),
        ];
        foreach (var variant in variants)
        {
            variant.IsStressed.ShouldBeTrue();
            variant.Spec.Execution.ShouldBe(stressed.Spec.Execution);
            variant.Spec.Data.ShouldBe(spec.Data);
        }
    }

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(true, false, 2)]
    [InlineData(true, true, 2)]
    public async Task Recorded_trades_pay_their_costs_twice_under_stress(bool stressed, bool asMembers, int times)
    {
        var (entry, exit, trades) = await RecordAsync();
        var plan = BatchPlan.Make(_batch.Spec("", """{ "class": "RecordedTrades", "params": { "name": "mine" }, "symbols": ["S0"] }"""),
            ["S0", "S1"]);
        if (stressed) plan = plan.Stressed();
        if (asMembers) plan = plan.AsMembers();
        (await ReturnAsync(plan)).ShouldBe((trades * 10 * (exit - entry) - times * trades * Commission) / 100_000, 1e-9);
    }

    [Fact]
    public async Task Recorded_trades_pay_their_costs_twice_if_the_batch_file_doubles_costs()
    {
        var (entry, exit, trades) = await RecordAsync();
        var spec = _batch.Spec("", """{ "class": "RecordedTrades", "params": { "name": "mine" }, "symbols": ["S0"] }""");
        spec = spec with { Execution = spec.Execution with { Stress = true } };
        (await ReturnAsync(BatchPlan.Make(spec, ["S0", "S1"])))
            .ShouldBe((trades * 10 * (exit - entry) - 2 * trades * Commission) / 100_000, 1e-9);
    }

    // Two trades of ten shares with the same prices.
    private async Task<(double Entry, double Exit, int Trades)> RecordAsync()
    {
        var rows = (await File.ReadAllLinesAsync(Path.Combine(_batch.Folder, "S0.csv"), TestContext.Current.CancellationToken))[1..];
        var (entry, exit) = (Open(rows[10]), Open(rows[30]));
        Directory.CreateDirectory(Path.Combine(_batch.Folder, "members"));
        await File.WriteAllLinesAsync(Path.Combine(_batch.Folder, "members", "mine.csv"),
        [
            "side,quantity,entry_time,entry_price,exit_time,exit_price,commission,exit_reason,sized_on",
            Trade(10, 12), Trade(40, 45),
        ], TestContext.Current.CancellationToken);
        return (entry, exit, 2);

        string Trade(int from, int to) => string.Create(CultureInfo.InvariantCulture,
            $"long,10,{Day(rows[from])},{entry},{Day(rows[to])},{exit},{Commission},signal,0");
        static string Day(string row) => row.Split(',')[0];
        static double Open(string row) => double.Parse(row.Split(',')[1], CultureInfo.InvariantCulture);
    }

    private static async Task<double> ReturnAsync(BatchPlan plan)
    {
        await using var opened = await OpenedBatch.OpenAsync(plan.Spec, new BatchOpening { Threads = 1 },
            TestContext.Current.CancellationToken);
        var pass = new StrategyPass(plan, opened.Markets);
        var outcomes = await pass.OutcomesAsync(new EmbeddedHost(1), TestContext.Current.CancellationToken);
        outcomes[0].Error.ShouldBeNull();
        return outcomes[0].Statistics!.TotalReturn;
    }
}

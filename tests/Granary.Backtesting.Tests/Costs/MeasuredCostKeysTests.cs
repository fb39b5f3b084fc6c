using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Costs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Costs;

/// <summary>The keys of measured costs in a batch.</summary>
public sealed class MeasuredCostKeysTests : IDisposable
{
    private static readonly Bar s_bar = new(0, 100, 101, 99, 100, 1_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-costs-").FullName;

    public MeasuredCostKeysTests()
    {
        var set = new FillSet();
        // Against the open each costs 3 points, and against the close 5.
        set.Fills.AddRange(Enumerable.Range(0, 10).Select(i => new MeasuredFill(TimeSpan.TicksPerDay * i, "A", Side.Buy, 1, 100.03, "")
        {
            Open = 100,
            Close = 100.03 / 1.0005,
        }));
        CostStudyFiles.Write(Path.Combine(_folder, "costs.json"), CostStudy.Of(set, ["test"]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Read(string execution) => new BatchReader(TestCatalogues.All).Read("measured.json", Encoding.UTF8.GetBytes($$"""
        { "data": { "source": "csv:.", "symbols": ["A"], "timeframe": "1h" }, "execution": {{execution}},
          "strategies": [ { "class": "SmaCross" } ] }
        """), _folder);

    private string Fault(string execution) => Should.Throw<InputException>(() => Read(execution)).Message;

    [Theory]
    [InlineData("""{ "costs": "costs.json", "slippagePercent": 0.1 }""", "execution.slippagePercent: 'costs' has the measured slippage")]
    [InlineData("""{ "costs": "costs.json", "slippageTicks": 1 }""", "execution.slippageTicks: ")]
    [InlineData("""{ "costs": "costs.json", "slippageVolumeImpact": 0.1 }""", "execution.slippageVolumeImpact: ")]
    [InlineData("""{ "costs": "costs.json", "spreadPercent": 0.1 }""", "execution.spreadPercent: ")]
    [InlineData("""{ "costs": "costs.json", "symbols": { "A": { "spreadPercent": 0.1 } } }""", "execution.symbols.A.spreadPercent: ")]
    [InlineData("""{ "at": "upper" }""", "execution.at: it is for measured costs; add \"costs\"")]
    [InlineData("""{ "costsHash": "00" }""", "execution.costsHash: it is for measured costs")]
    [InlineData("""{ "costs": "costs.json", "at": "worst" }""", "execution.at: ")]
    [InlineData("""{ "costs": "none.json" }""", "none.json does not exist; make it with 'granary costs fit'")]
    [InlineData("""{ "costs": "postgres://host/db" }""", "execution.costs: 'postgres://host/db' is not an address")]
    [InlineData("""{ "costs": "costs.json", "costsHash": "00" }""", "has other costs than those that were tested")]
    public void What_contradicts_measured_costs_is_refused(string execution, string fault) => Fault(execution).ShouldContain(fault);

    [Fact]
    public void Orders_slip_by_the_costs_against_the_price_from_which_they_fill()
    {
        double PriceOf(string execution) => Read(execution).Execution.Settings.Slippage!.Slip(Side.Buy, 100, 1, s_bar, 0);
        PriceOf("""{ "costs": "costs.json", "slippagePercent": 0 }""").ShouldBe(100.03, 1e-6);
        PriceOf("""{ "costs": "costs.json", "fill": "same-close" }""").ShouldBe(100.05, 1e-6);
        // Stress doubles them, and commissions are added.
        var stressed = Read("""{ "costs": "costs.json", "commissionPercent": 0.1, "stress": true }""").Execution.Settings;
        stressed.Slippage!.Slip(Side.Sell, 100, 1, s_bar, 0).ShouldBe(99.94, 1e-6);
        stressed.Fee.Fee(100, 1, 1, maker: false).ShouldBe(0.2, 1e-9);
        stressed.IsFree.ShouldBeFalse();
        // A symbol with a commission of its own has them too.
        Read("""{ "costs": "costs.json", "symbols": { "A": { "commissionPercent": 1 } } }""").Execution.Settings.For("A").Slippage!
            .Slip(Side.Buy, 100, 1, s_bar, 0).ShouldBe(100.03, 1e-6);
    }

    [Fact]
    public void Other_costs_are_not_another_trial_and_their_hash_is_kept()
    {
        var spec = Read("""{ "costs": "costs.json" }""");
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "costs.json")))!;
        spec.Execution.Costs!.Hash.ShouldBe((string)file["hash"]!);
        TrialIdentity.CostsOf(spec.Execution.Settings).ShouldNotBe(TrialIdentity.CostsOf(new ExecutionSettings()));
        var finding = CostReport.FindingOf(BatchPlan.Make(spec, ["A"]), null)!;
        finding.Word.ShouldBe("measured");
        finding.Sentence.ShouldBe($"measured: 10 fills in costs.json (hash {spec.Execution.Costs.Hash[..12]}), "
            + "at the mean, against the next open; stop orders pay the costs of market orders, because no fills of stops were measured; "
            + "the verdict at the upper end was not computed (--no-guards)");
        CostReport.FindingOf(BatchPlan.Make(Read("{}"), ["A"]), null)!.Word.ShouldBe("assumed");
    }
}

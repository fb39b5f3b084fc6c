using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

/// <summary>The table of maintenance margins, and the keys beside it.</summary>
public sealed class MarginTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-margin-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ExecutionSettings Table(string table, string keys = "\"margin\": \"isolated\", \"leverage\": 10")
    {
        File.WriteAllText(Path.Combine(_folder, "tiers.csv"), table.ReplaceLineEndings("\n"));
        return Read($$"""{ {{keys}}, "marginTiers": "tiers.csv" }""");
    }

    private ExecutionSettings Read(string execution) => new BatchReader(TestCatalogues.All).Read("margin.json",
        System.Text.Encoding.UTF8.GetBytes($$"""
            { "data": { "source": "csv:.", "symbols": ["BTCUSDT"], "timeframe": "1h" }, "execution": {{execution}},
              "strategies": [ { "class": "SmaCross" } ] }
            """), _folder).Execution.Settings;

    private string Fault(string table, string keys = "\"margin\": \"isolated\", \"leverage\": 10") =>
        Should.Throw<InputException>(() => Table(table, keys)).Message;

    [Fact]
    public void A_table_without_amounts_has_those_that_make_the_margin_continuous()
    {
        // Binance's amounts: 50 = 50,000 · 0.1 %, 1,300 = 50 + 250,000 · 0.5 %.
        var tiers = Table("from,ratePercent,maxLeverage\n0,0.4,125\n50000,0.5,100\n250000,1,50\n").TiersOf("BTCUSDT")!;
        (tiers.Count, tiers[1].Amount, tiers[2].Amount, tiers[2].MaxLeverage).ShouldBe((3, 50, 1_300, 50));
        tiers[2].Rate.ShouldBe(0.01, 1e-15);
    }

    [Fact]
    public void Names_of_an_exchange_and_several_symbols_are_understood()
    {
        var settings = Table("""
            symbol;notionalFloor;maintMarginRatio;cum;initialLeverage
            BTCUSDT;0;0.004;0;125
            BTCUSDT;50000;0.005;50;100
            ETHUSDT;0;0.005;0;100
            """);
        settings.TiersOf("BTCUSDT")!.Maintenance(60_000).ShouldBe(250, 1e-9);
        settings.TiersOf("ETHUSDT")!.Count.ShouldBe(1);
        settings.TiersOf("XRPUSDT").ShouldBeNull();
    }

    [Theory]
    [InlineData("from,ratePercent\n5,0.4\n", "line 2", "the first step starts at 5")]
    [InlineData("from,ratePercent\n0,0.4\n50000,0.5\n50000,1\n", "line 4", "is not above the step before it")]
    [InlineData("from,ratePercent,amount\n0,0.4,0\n50000,0.5,60\n", "line 3", "jumps at 50000 by -10; write 50, or leave the column out")]
    [InlineData("from,ratePercent\n0,0.5\n50000,0.4\n", "line 3", "the rate falls from one step to the next")]
    [InlineData("from,ratePercent\n0,100\n", "line 2", "out of range")]
    [InlineData("from,ratePercent,maxLeverage\n0,0.4,50\n50000,0.5,100\n", "line 3", "the leverage rises")]
    [InlineData("from,ratePercent,maxLeverage\n0,0.4,0.5\n", "line 2", "0.5 is not a leverage")]
    [InlineData("symbol,from,ratePercent\nA,0,0.4\nB,0,0.4\nA,5,0.5\n", "line 4", "the steps of A are not together")]
    [InlineData("symbol,from,ratePercent\n,0,0.4\n", "line 2", "the symbol is missing")]
    [InlineData("from,rate\n0,0.4\n", "line 1", "ratePercent")]
    [InlineData("floor,ratePercent\n0,0.4\n", "line 1", "from")]
    [InlineData("from,ratePercent\n0,much\n", "line 2", "'much' is not a number")]
    [InlineData("from,ratePercent\n", "tiers.csv", "there are no lines below the header")]
    public void A_faulty_table_is_one_sentence_with_its_line(string table, string where, string what)
    {
        var fault = Fault(table);
        fault.ShouldContain(where);
        fault.ShouldContain(what);
    }

    [Fact]
    public void A_leverage_above_that_of_the_smallest_position_is_refused() =>
        Fault("from,ratePercent,maxLeverage\n0,0.4,5\n").ShouldContain("10 is above the greatest leverage of");

    [Fact]
    public void A_table_beside_a_rate_or_without_a_margin_mode_is_refused()
    {
        Fault("from,ratePercent\n0,0.4\n", "\"margin\": \"cross\", \"leverage\": 2, \"maintenancePercent\": 1")
            .ShouldContain("'marginTiers' has the maintenance margins; leave one of them out");
        Fault("from,ratePercent\n0,0.4\n", "\"leverage\": 2").ShouldContain("nothing is liquidated without 'margin'");
        Should.Throw<InputException>(() => Read("""{ "liquidationFeePercent": 1 }""")).Message.ShouldContain("without 'margin'");
        Should.Throw<InputException>(() => Read("""{ "margin": "both" }""")).Message.ShouldContain("isolated");
        Should.Throw<InputException>(() => Read("""{ "margin": "isolated", "marginTiers": "none.csv" }""")).Message
            .ShouldContain("there is no such file");
    }
}

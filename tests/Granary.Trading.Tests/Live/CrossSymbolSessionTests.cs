using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>A model whose features read another symbol decides in a session as in the backtest of the same bars.</summary>
public sealed class CrossSymbolSessionTests : IDisposable
{
    private const int Learned = 960, Count = 1_300;

    private readonly SessionUnderTest _under = new();

    private string Data => Path.Combine(_under.Folder, "data");

    public void Dispose() => _under.Dispose();

    private static string Hour(int hour) =>
        LeadingMarket.Start.AddHours(hour).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("1h", 10)]
    [InlineData("4h", 1)] // made of the session's hours, of which the other symbol lacks some
    public async Task A_session_waits_for_the_bars_of_the_other_symbol_and_equals_the_backtest_also_when_it_was_cut(string timeframe,
        int refused)
    {
        LeadingMarket.Write(Data, Count);
        var learned = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read("learned.json", Encoding.UTF8.GetBytes($$"""
            { "name": "learned", "data": { "source": "csv:{{Data}}", "symbols": ["FOLLOW", "LEAD"], "timeframe": "1h",
                "to": "{{Hour(Learned)}}" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": [2, 3] }, "sides": "both", "symbols": ["FOLLOW"],
                "timeframe": "{{timeframe}}", "size": { "cash": 10000 } } ], "portfolio": { "weights": "equal" },
              "learning": { "trainer": "logistic", "features": ["return-of(LEAD)", "correlation(LEAD,10,returns)"],
                "label": { "kind": "direction", "bars": 1 }, "apply": { "rule": "veto", "below": 0.45 } } }
            """), _under.Folder), "learned");
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(learned.Folder, "prod.json")))!;
        prod["strategies"]!.AsArray().ShouldAllBe(s => s!["references"]!.AsArray().Single()!.GetValue<string>() == "LEAD");
        prod["data"]!["symbols"]!.AsArray().Select(s => s!.GetValue<string>()).ShouldBe(["FOLLOW", "LEAD"]);
        prod["data"]!["from"] = Hour(Learned);
        prod["data"]!["to"] = Hour(Count);
        var path = Path.Combine(_under.Folder, "prod.json");
        File.WriteAllText(path, prod.ToJsonString());

        var backtest = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read(path), "planned");
        backtest.Model.Decisions[Engine.Portfolio.Rules.Decision.ModelRefused].ShouldBeGreaterThan(refused);
        Task<LiveRun> LiveAsync(string name, int to, string? state = null) => _under.LiveAsync(backtest, name, r => r with
        {
            Production = path,
            Feed = Address.Parse("csv:" + Data),
            From = LeadingMarket.Start.AddHours(Learned).Ticks,
            To = LeadingMarket.Start.AddHours(to).Ticks,
            State = state,
        });
        var live = await LiveAsync("live", Count);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Against!.IsSame.ShouldBeTrue();

        // Its journal has the bars of both symbols: cut at an hour without a bar of the other one, it goes on as if it had not been.
        var account = Path.Combine(_under.Folder, "account");
        foreach (var cut in (int[])[LeadingMarket.Missing * 45 + 1, 1_150]) await LiveAsync($"until {cut}", cut, account);
        var again = await LiveAsync("again", Count, account);
        again.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
    }
}

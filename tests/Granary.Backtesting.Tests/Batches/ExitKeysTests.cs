using System.Text;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Keys of a strategy's entries and exits: what is refused, and that prod.json has them again.</summary>
public sealed class ExitKeysTests
{
    private const string All = """
        "takeProfit": [{ "percent": 4, "share": 0.5 }, { "percent": 8 }], "trailingStartPercent": 3, "stopLossAtr": 2,
        "trailingStopAtr": 3, "atrBars": 20, "entryOrder": "limit", "entryOffsetAtr": 0.5, "scaleIn": [{ "percent": 2, "share": 0.5 },
        { "percent": -3 }]
        """;

    private static BatchSpec Read(string keys) => new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
        { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
          "symbols": ["ACME"], "timeframe": "1h" }, "strategies": [ { "class": "SmaCross", {{keys}} } ] }
        """), Path.GetTempPath());

    [Theory]
    [InlineData("\"takeProfit\": [{ \"percent\": 4, \"share\": 1.5 }]", "takeProfit[0].share: 1.5 is out of range")]
    [InlineData("\"takeProfit\": [{ \"percent\": 4, \"share\": 0.7 }, { \"percent\": 8, \"share\": 0.7 }]",
        "takeProfit: the shares sum to 1.4; they must not exceed 1")]
    [InlineData("\"takeProfit\": [{ \"percent\": 8, \"share\": 0.5 }, { \"percent\": 4 }]",
        "takeProfit: the target of 4 percent is not beyond that of 8 percent before it; order them from the nearest to the farthest")]
    [InlineData("\"takeProfit\": [{ \"percent\": 4 }, { \"percent\": 8 }]",
        "takeProfit: the target of 4 percent has no share and closes all that is left; give it a share, or leave the later ones out")]
    [InlineData("\"takeProfit\": [{ \"share\": 0.5 }]", "takeProfit[0]: 'percent' is missing")]
    [InlineData("\"takeProfit\": 4", "takeProfit: a list is needed, not a number")]
    [InlineData("\"takeProfit\": [{ \"percent\": 4 }], \"takeProfitPercent\": 4",
        "takeProfit: takeProfitPercent is given too; leave one of them out")]
    [InlineData("\"takeProfitOverTime\": [{ \"after\": \"-5m\", \"percent\": 1 }]", "takeProfitOverTime[0].after: ")]
    [InlineData("\"takeProfitOverTime\": [{ \"after\": \"2h\", \"percent\": 2 }, { \"after\": \"1h\", \"percent\": 1 }]",
        "takeProfitOverTime: a time is not after the one before it; order them from the first to the last")]
    [InlineData("\"takeProfitPercent\": 4, \"takeProfitOverTime\": [{ \"after\": \"1h\", \"percent\": 5 }]",
        "takeProfitOverTime: the target of 5 percent is not below the 4 percent before it; later targets are nearer to the entry")]
    [InlineData("\"stopLossAtr\": 2, \"stopLossPercent\": 1", "stopLossAtr: stopLossPercent is given too; leave one of them out")]
    [InlineData("\"stopLossAtr\": -2", "stopLossAtr: -2 is out of range")]
    [InlineData("\"trailingStartPercent\": -1", "trailingStartPercent: -1 is out of range")]
    [InlineData("\"entryOrder\": \"stop-limit\"", "entryOrder: ")]
    [InlineData("\"entryOffsetPercent\": 100", "entryOffsetPercent: 100 is out of range")]
    [InlineData("\"scaleIn\": [{ \"percent\": 0 }]",
        "scaleIn: a step of 0 percent is the entry itself; give it a distance, or a larger size")]
    [InlineData("\"scaleIn\": [{ \"percent\": 2, \"share\": 0 }]", "scaleIn[0].share: 0 is out of range")]
    public void A_wrong_value_is_refused_in_one_sentence_with_its_place(string keys, string sentence)
    {
        var message = Should.Throw<InputException>(() => Read(keys)).Message;
        message.ShouldContain($"strategies[0].{sentence}");
        message.Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public void A_production_configuration_reads_what_it_wrote()
    {
        foreach (var keys in new[] { All, """
            "takeProfitPercent": 4, "takeProfitOverTime": [{ "after": "40m", "percent": 1 }, { "after": "2h", "percent": -1 }],
            "trailingStopPercent": 2, "entryOrder": "stop", "entryOffsetPercent": 0.5
            """, "\"takeProfitAtr\": 3, \"entryOrder\": \"close\"" })
        {
            var trading = Read(keys).Strategies.Single().Trading;
            using var buffer = new MemoryStream();
            using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                RecordKeys<TradingSettings>.Write(json, trading);
                json.WriteEndObject();
            }
            var again = RecordKeys<TradingSettings>.ReadInto(new TradingSettings(), JsonPart.Parse("prod.json", buffer.ToArray()));
            again.TakeProfit.ShouldBe(trading.TakeProfit);
            again.TakeProfitOverTime.ShouldBe(trading.TakeProfitOverTime);
            again.ScaleIn.ShouldBe(trading.ScaleIn);
            (again with { TakeProfit = trading.TakeProfit, TakeProfitOverTime = trading.TakeProfitOverTime, ScaleIn = trading.ScaleIn })
                .ShouldBe(trading);
        }
    }

    [Fact]
    public void Two_ladders_are_two_trials()
    {
        string Identity(string keys) => RecordKeys<TradingSettings>.All.Single(k => k.Name == "takeProfit")
            .Identity(Read(keys).Strategies.Single().Trading);
        Identity("\"takeProfit\": [{ \"percent\": 4, \"share\": 0.5 }]").ShouldBe("""[{"percent":4,"share":0.5}]""");
        Identity("\"takeProfit\": [{ \"percent\": 4, \"share\": 0.6 }]").ShouldBe("""[{"percent":4,"share":0.6}]""");
    }
}

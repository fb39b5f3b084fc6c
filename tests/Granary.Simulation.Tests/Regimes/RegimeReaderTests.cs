using System.Text;
using Granary.Engine;
using Granary.Learning.Regimes;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Testing;

namespace Granary.Simulation.Tests.Regimes;

public class RegimeReaderTests
{
    private static RegimePlan Read(string json) =>
        RegimeReader.Read(JsonPart.Parse("batch.json", Encoding.UTF8.GetBytes(json)), TestCatalogues.All.Factors);

    [Fact]
    public void Machines_and_rules_are_read_as_they_are_declared()
    {
        var plan = Read("""
            {
              "machines": [
                { "name": "short", "measure": "sma(10)", "against": "sma(30)", "enterPercent": 0.5, "leavePercent": 0.1, "dwell": 3 },
                { "name": "volatility", "measure": "natr(14)", "states": ["calm", "normal", "wild"], "steps": [{ "up": 1, "down": 0.8 },
                  { "up": 3, "down": 2.5 }] },
                { "name": "hidden", "hiddenMarkov": { "window": 200, "refit": 20 } },
              ],
              "rules": [ { "when": { "short": "bullish", "volatility": "calm" }, "state": "go" } ],
              "otherwise": "wait"
            }
            """);
        plan.States.ShouldBe(["go", "wait"]);
        var trend = plan.Machines[0].ShouldBeOfType<LadderMachine>();
        var expected = LadderMachine.Trend("short", 10, 30, 0.5, 0.1, 3);
        (trend.Measure, trend.Against, trend.Dwell).ShouldBe((expected.Measure, expected.Against, 3));
        trend.Rungs.ShouldBe(expected.Rungs);
        plan.Machines[2].ShouldBeOfType<HiddenMarkovMachine>().States.ShouldBe(["down", "up"]);
        plan.Compose([2, 0, 1]).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{ "machines": [{ "name": "a", "measure": "smaa(3)", "enterPercent": 1 }] }""", "did you mean 'sma'")]
    [InlineData("""{ "machines": [{ "name": "a", "measure": "sma(3)" }] }""", "enterPercent")]
    [InlineData("""{ "machines": [{ "name": "a", "measure": "sma(3)", "enterPercnt": 1 }] }""", "enterPercent")]
    [InlineData("""{ "machines": [{ "name": "a", "measure": "sma(3)", "enterPercent": 1, "leavePercent": 2 }] }""", "leavePercent")]
    [InlineData("""{ "machines": [{ "name": "a", "measure": "rsi(3)", "states": ["x", "y"] }] }""", "need steps")]
    [InlineData("""{ "machines": [] }""", "at least one machine")]
    [InlineData("""{ "machines": [{ "name": "a", "hiddenMarkov": { "window": 10 } }] }""", "at least 40")]
    public void A_fault_names_the_file_and_what_is_wrong(string json, string part)
    {
        var message = Should.Throw<InputException>(() => Read(json)).Message;
        message.ShouldStartWith("batch.json, line 1");
        message.ShouldContain(part);
    }
}

using System.Text;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;

namespace Granary.Simulation.Tests.Batches;

/// <summary>Costs whose sign is a slip are refused; a rebate of makers is not.</summary>
public sealed class CommissionSignTests
{
    private static void Read(string costs) => new BatchReader(GranaryCataloguesBuilder.CreateDefault().Build()).Read("batch.json",
        Encoding.UTF8.GetBytes($$"""
            { "name": "p", "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1h" },
              "execution": { {{costs}} },
              "strategies": [ { "class": "SmaCross" } ] }
            """), Path.GetTempPath());

    [Theory]
    [InlineData("\"commissionPercent\": -1", "execution.commissionPercent: -1 is out of range: 0 … 50")]
    [InlineData("\"commissionPercent\": -0.01", "execution.commissionPercent: -0.01 is out of range: 0 … 50")]
    [InlineData("\"commissionMakerPercent\": -1", "execution.commissionMakerPercent: -1 is out of range: -0.05 … 50")]
    [InlineData("\"commissionPerUnit\": -0.005", "execution.commissionPerUnit: -0.005 is out of range")]
    [InlineData("\"commissionPerOrder\": -1", "execution.commissionPerOrder: -1 is out of range")]
    [InlineData("\"commissionMinimum\": -1", "execution.commissionMinimum: -1 is out of range")]
    [InlineData("\"commissionTiers\": [{ \"from\": 1, \"percent\": -0.1 }]", "execution.commissionTiers[0].percent: -0.1 is out of range")]
    [InlineData("\"commissionTiers\": [{ \"from\": 1, \"percent\": 0.1, \"makerPercent\": -0.1 }]",
        "execution.commissionTiers[0].makerPercent: -0.1 is out of range: -0.05 … 50")]
    [InlineData("\"symbols\": { \"A\": { \"commissionPercent\": -1 } }",
        "execution.symbols.A.commissionPercent: -1 is out of range: 0 … 50")]
    [InlineData("\"symbols\": { \"A\": { \"commissionMakerPercent\": -1 } }",
        "execution.symbols.A.commissionMakerPercent: -1 is out of range")]
    [InlineData("\"slippagePercent\": -0.02", "execution.slippagePercent: -0.02 is out of range")]
    [InlineData("\"spreadPercent\": -0.02", "execution.spreadPercent: -0.02 is out of range")]
    [InlineData("\"borrowPercent\": -1", "execution.borrowPercent: -1 is out of range")]
    public void A_cost_with_a_wrong_sign_is_refused(string costs, string sentence) =>
        Should.Throw<InputException>(() => Read(costs)).Message.ShouldContain("batch.json, line 2, " + sentence);

    [Theory]
    [InlineData("\"commissionPercent\": 0.05, \"commissionMakerPercent\": -0.01")]
    [InlineData("\"commissionMakerPercent\": -0.01")]
    [InlineData("\"commissionTiers\": [{ \"from\": 1, \"percent\": 0.1, \"makerPercent\": -0.01 }]")]
    [InlineData("\"symbols\": { \"A\": { \"commissionMakerPercent\": -0.01 } }")]
    public void A_rebate_of_makers_is_accepted(string costs) => Should.NotThrow(() => Read(costs));
}

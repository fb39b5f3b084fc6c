using System.Collections.Frozen;
using System.Globalization;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Application.Tests.Verification;

/// <summary>An honest crossing whose entries the next bar may veto: nothing but an entry on the last bar before a cut can show
/// it.</summary>
[Strategy("Buys a crossing unless the next bar says otherwise; only for tests.")]
public sealed class NextBarVeto : Strategy
{
    private readonly Crossing _cross;
    private readonly Factor _fast, _slow, _next;
    private readonly string _by;

    public NextBarVeto(string by = "price")
    {
        _by = by;
        _fast = Use("sma", 10);
        _slow = Use("sma", 30);
        _cross = Cross(_fast, _slow);
        _next = Use(by switch { "volume" => "test-next-volume", "time" => "test-next-gap", _ => "test-next-close" });
    }

    public override void OnBar(StrategyContext bar)
    {
        var veto = _by switch
        {
            "volume" => bar[_next] < bar.Volume / 2,
            "time" => bar[_next] > 1,
            "exit" => false,
            _ =>
            bar[_next] < bar.Close
        };
        // Stays in a market that the next bar lifts.
        var stay = _by == "exit" && bar[_next] > bar.Close;
        if (_cross.At(bar) > 0 && !veto) bar.Enter(Side.Buy);
        else if (bar[_fast] < bar[_slow] && !stay) bar.Exit();
    }
}

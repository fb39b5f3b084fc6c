using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Trends;

/// <summary>Bearish, neutral or bullish by two averages of the close, with hysteresis and a least stay.</summary>
[Factor("regime", "Regime: bullish, neutral or bearish by how far a fast average is above or below a slow one; entered later than it is "
    + "left, and kept for some bars.", Lines = ",age,gap",
    Formula = "gap = 100 · (sma(fast) / sma(slow) − 1); bullish (1) is entered above enter and left below leave, bearish (-1) below −enter "
        + "and above −leave, a state is kept for dwell bars; age = bars since it was entered; a leave above enter counts as enter",
    Source = "Granary's own finite state machine", Range = "-1, 0 or 1; .age 0 …; .gap percent")]
internal sealed class Regime(
    [Range(1, 10_000)] int fast = 10, [Range(2, 10_000)] int slow = 30, [Range(0, 1_000)] double enter = 0.5, [Range(0, 1_000)]
        double leave = 0.1,
    [Range(1, 100_000)] int dwell = 3) : FactorKernel
{
    private RollingMean _fast, _slow;
    private StateLadder _ladder =
        new([new LadderRung(-Math.Min(leave, enter), -enter), new LadderRung(enter, Math.Min(leave, enter))], dwell);

    public override int WarmUp => Math.Max(fast, slow);

    public override void Start()
    {
        _fast = new RollingMean(fast, Series.Instrument.PriceDecimals);
        _slow = new RollingMean(slow, Series.Instrument.PriceDecimals);
    }

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var state = lines[0];
        var age = lines[1];
        var gap = lines[2];
        // The lines that are to be written hold the averages first, so that nothing is allocated.
        _fast.Next(bars.Close, gap);
        _slow.Next(bars.Close, state);
        // Four quotients at a time, which a loop with a state machine in it would wait for one by one.
        var i = 0;
        ref var fastest = ref MemoryMarshal.GetReference(gap);
        ref var slowest = ref MemoryMarshal.GetReference(state);
        for (; i + 4 <= gap.Length; i += 4)
            (Vector256.Create(100.0) * (Vector256.LoadUnsafe(ref fastest, (nuint)i) / Vector256.LoadUnsafe(ref slowest, (nuint)i)
                - Vector256.Create(1.0))).StoreUnsafe(ref fastest, (nuint)i);
        for (; i < gap.Length; i++) gap[i] = 100 * (gap[i] / state[i] - 1);
        // A local copy stays in registers.
        var ladder = _ladder;
        for (i = 0; i < state.Length && ladder.State < 0; i++)
        {
            var now = ladder.Next(gap[i]);
            state[i] = now < 0 ? double.NaN : now - 1;
            age[i] = now < 0 ? double.NaN : ladder.Age;
        }
        for (; i < state.Length; i++)
        {
            state[i] = ladder.Next(gap[i]) - 1;
            age[i] = ladder.Age;
        }
        _ladder = ladder;
    }
}

using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors.Kernels;

/// <summary>One rung of a <see cref="StateLadder"/>: where a measure must go to climb above it, and where to fall back below.</summary>
/// <param name="Up">The upper state is entered above this.</param>
/// <param name="Down">The upper state is left below this; at most <paramref name="Up"/>, the space between is the hysteresis.</param>
internal readonly record struct LadderRung(double Up, double Down);

/// <summary>
/// A finite state machine over ordered states, as bearish, neutral, bullish: a measure moves it up and down its rungs, each with
/// hysteresis, and a state once entered is kept for a least number of bars.
/// </summary>
internal struct StateLadder
{
    private readonly LadderRung[] _rungs;
    private readonly int _dwell;

    /// <param name="rungs">One fewer than there are states, lowest first; both thresholds increase from rung to rung.</param>
    /// <param name="dwell">
    /// The least number of bars for which a state is kept, including its first bar; 1 = no minimum.
    /// </param>
    /// <exception cref="ArgumentException">No rung, one whose Down exceeds its Up, rungs out of order, or a dwell below 1.</exception>
    public StateLadder(LadderRung[] rungs, int dwell)
    {
        if (rungs.Length == 0) throw new ArgumentException("a machine needs at least two states", nameof(rungs));
        if (dwell < 1) throw new ArgumentException($"a dwell of {dwell} bars: at least 1 is needed", nameof(dwell));
        for (var i = 0; i < rungs.Length; i++)
        {
            if (!(rungs[i].Down <= rungs[i].Up))
                throw new ArgumentException($"the way down at {rungs[i].Down} lies above the way up at {rungs[i].Up}", nameof(rungs));
            if (i > 0 && !(rungs[i].Up >= rungs[i - 1].Up && rungs[i].Down >= rungs[i - 1].Down))
                throw new ArgumentException("the steps between states must rise from the lowest state to the highest", nameof(rungs));
        }
        _rungs = rungs;
        _dwell = dwell;
        State = -1;
    }

    /// <summary>0 is the lowest; −1 before the first measure.</summary>
    public int State { get; private set; }

    /// <summary>Bars since the state was entered, 0 at the bar that entered it.</summary>
    public long Age { get; private set; }

    /// <summary>
    /// The state after the next bar's measure. NaN leaves it alone. From the start it goes from the middle wherever the measure says.
    /// </summary>
    // (Inlined, so that in a loop over bars the machine stays in registers; most bars leave it where it is.)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(double measure)
    {
        var (state, rungs) = (State, _rungs);
        if (state < 0) return State = double.IsNaN(measure) ? -1 : Reached(rungs, (rungs.Length + 1) / 2, measure);
        Age++;
        if (Age < _dwell) return state;
        // NaN is neither above nor below anything.
        var climbs = (uint)state < (uint)rungs.Length && measure > rungs[state].Up;
        var falls = (uint)(state - 1) < (uint)rungs.Length && measure < rungs[state - 1].Down;
        if (!climbs && !falls) return state;
        var reached = Reached(rungs, state, measure);
        if (reached == state) return state;
        Age = 0;
        return State = reached;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Reached(LadderRung[] rungs, int state, double measure)
    {
        while (state < rungs.Length && measure > rungs[state].Up) state++;
        while (state > 0 && measure < rungs[state - 1].Down) state--;
        return state;
    }
}

using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Learning.Regimes;

/// <summary>
/// Runs the machines of a plan over a feed. The state at a bar is known at its close and does not depend on later bars. It does not depend
/// on the block size.
/// </summary>
internal sealed class RegimeTracker
{
    private readonly FactorColumns _columns;
    private readonly Func<int, int, int>[] _next; // the state of machine m after bar i of the block
    private readonly int[][] _states;
    private int[] _composite = [];

    /// <exception cref="InputException">A machine's factor does not support the feed, or uses another symbol.</exception>
    public RegimeTracker(MarketSeries series, RegimePlan plan)
    {
        Plan = plan;
        var texts = new List<string>();
        _next = new Func<int, int, int>[plan.Machines.Count];
        for (var m = 0; m < _next.Length; m++)
        {
            switch (plan.Machines[m])
            {
                case LadderMachine ladder:
                    {
                        var machine = new StateLadder([.. ladder.Rungs], ladder.Dwell);
                        var measure = texts.Count;
                        texts.Add(ladder.Measure);
                        var against = ladder.Against is null ? -1 : texts.Count;
                        if (ladder.Against is not null) texts.Add(ladder.Against);
                        _next[m] = (_, i) => machine.Next(against < 0 ? _columns![measure][i]
                            : 100 * (_columns![measure][i] / _columns[against][i] - 1));
                        break;
                    }
                case HiddenMarkovMachine hidden:
                    {
                        var filter = new HiddenMarkovTracker(hidden.States.Count, hidden.Window, hidden.Refit);
                        var returns = texts.Count;
                        texts.Add("return(1)");
                        _next[m] = (_, i) => filter.Next(_columns![returns][i]);
                        break;
                    }
                default:
                    throw new InputException($"machine '{plan.Machines[m].Name}' is of a kind that no tracker "
                        + $"knows: {plan.Machines[m].GetType().Name}");
            }
        }
        _columns = new FactorColumns(series, texts, plan.Factors);
        if (_columns.ReferenceSymbols.Count > 0)
            throw new InputException($"a regime reads its own feed only, not {string.Join(", ", _columns.ReferenceSymbols)}");
        _states = [.. plan.Machines.Select(_ => Array.Empty<int>())];
    }

    public RegimePlan Plan { get; }

    /// <summary>Adds the next bars of the feed.</summary>
    public void Next(BarBlock block)
    {
        _columns.Next(block);
        for (var m = 0; m < _states.Length; m++)
        {
            if (_states[m].Length != block.Count) _states[m] = new int[block.Count];
            for (var i = 0; i < block.Count; i++) _states[m][i] = _next[m](m, i);
        }
        if (_composite.Length != block.Count) _composite = new int[block.Count];
        Span<int> now = stackalloc int[_states.Length];
        for (var i = 0; i < block.Count; i++)
        {
            for (var m = 0; m < now.Length; m++) now[m] = _states[m][i];
            _composite[i] = Plan.Compose(now);
        }
    }

    /// <summary>
    /// A machine's state at each bar of the last block, as an index into its states; −1 for none. The next block overwrites it.
    /// </summary>
    public ReadOnlySpan<int> StatesOf(int machine) => _states[machine];

    /// <summary>
    /// The combined state at each bar of the last block, as an index into the plan's states; −1 if a machine has none. The next block
    /// overwrites it.
    /// </summary>
    public ReadOnlySpan<int> States => _composite;

    /// <summary>Returns the combined state at every bar of a feed.</summary>
    public static int[] Run(MarketSeries series, RegimePlan plan, IEnumerable<BarBlock> blocks)
    {
        var tracker = new RegimeTracker(series, plan);
        var all = new List<int>();
        foreach (var block in blocks)
        {
            tracker.Next(block);
            all.AddRange(tracker.States);
        }
        return [.. all];
    }
}

using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;

namespace Granary.Learning.Regimes;

/// <summary>A finite state machine, declared as data.</summary>
/// <param name="Name">The name in rules, such as "short".</param>
/// <param name="States">Names of the states, lowest first, such as bearish, neutral, bullish.</param>
public abstract record RegimeMachine(string Name, IReadOnlyList<string> States)
{
    internal virtual void Check(FactorCatalogue factors)
    {
        if (Name.Length == 0) throw new ArgumentException("a regime machine needs a name");
        if (States.Count < 2) throw new ArgumentException($"machine '{Name}' has {States.Count} states: at least two are needed");
        if (States.Distinct(StringComparer.Ordinal).Count() != States.Count)
            throw new ArgumentException($"machine '{Name}' names a state twice");
    }
}

/// <summary>A state machine on a measure: a factor, or its distance from another factor in percent.</summary>
/// <param name="Measure">A factor such as "sma(10)" or "natr(14)@1h".</param>
/// <param name="Against">If set, the measure is 100 · (measure / against − 1); null uses the factor itself.</param>
/// <param name="Rungs">The thresholds between neighbouring states.</param>
/// <param name="Dwell">The minimum number of bars in a state.</param>
public sealed record LadderMachine(string Name, IReadOnlyList<string> States, string Measure, string? Against,
    IReadOnlyList<LadderRung> Rungs, int Dwell)
    : RegimeMachine(Name, States)
{
    /// <summary>Creates a machine with the states bearish, neutral and bullish from two averages of the close.</summary>
    /// <param name="enter">Distance in percent at which a trend is entered.</param>
    /// <param name="leave">Distance in percent at which a trend changes to neutral; at most <paramref name="enter"/>.</param>
    public static LadderMachine Trend(string name, int fast, int slow, double enter, double leave, int dwell) =>
        new(name, ["bearish", "neutral", "bullish"], $"sma({fast})", $"sma({slow})",
            [new LadderRung(-leave, -enter), new LadderRung(enter, leave)], dwell);

    internal override void Check(FactorCatalogue factors)
    {
        base.Check(factors);
        if (Rungs.Count != States.Count - 1)
            throw new ArgumentException($"machine '{Name}' has {States.Count} states, so it "
                + $"needs {States.Count - 1} steps between them, not {Rungs.Count}");
        try
        {
            _ = new StateLadder([.. Rungs], Dwell);
            factors.Parse(Measure);
            if (Against is not null) factors.Parse(Against);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"machine '{Name}': {e.Message}", e);
        }
    }
}

/// <summary>States of a hidden Markov model of the log returns, fitted only on the past, ordered by mean return.</summary>
/// <param name="Window">The number of returns in a fit; there is no state before that many.</param>
/// <param name="Refit">Bars between fits.</param>
public sealed record HiddenMarkovMachine(string Name, IReadOnlyList<string> States, int Window, int Refit) : RegimeMachine(Name, States)
{
    internal override void Check(FactorCatalogue factors)
    {
        base.Check(factors);
        if (Window < 20 * States.Count)
            throw new ArgumentException($"machine '{Name}' fits {States.Count} states "
                + $"on {Window} returns: at least {20 * States.Count} are needed");
        if (Refit < 1) throw new ArgumentException($"machine '{Name}' is fitted every {Refit} bars: at least 1 is needed");
    }
}

/// <summary>Maps the states of machines to a combined state; all named machines must match.</summary>
/// <param name="When">The required state by machine.</param>
public sealed record RegimeRule(IReadOnlyDictionary<string, string> When, string State);

/// <summary>Machines at several time scales, and the rules that combine their states.</summary>
public sealed class RegimePlan
{
    /// <param name="factors">The factors that the process knows.</param>
    /// <param name="rules">
    /// Rules in order; the first match determines the combined state. Without rules the combined state is the machines' states, joined by
    /// slashes.
    /// </param>
    /// <param name="otherwise">The combined state if no rule matches.</param>
    /// <exception cref="ArgumentException">
    /// A machine is invalid, or a rule names an unknown machine or state; the message says which.
    /// </exception>
    public RegimePlan(IReadOnlyList<RegimeMachine> machines, FactorCatalogue factors, IReadOnlyList<RegimeRule>? rules = null,
        string otherwise = "neutral")
    {
        Factors = factors;
        if (machines.Count == 0) throw new ArgumentException("a regime needs at least one machine");
        Machines = machines;
        Rules = rules ?? [];
        foreach (var machine in machines) machine.Check(Factors);
        if (machines.GroupBy(m => m.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"two machines are called '{twice.Key}'");
        foreach (var rule in Rules)
        {
            foreach (var (name, state) in rule.When)
            {
                var machine = machines.FirstOrDefault(m => m.Name == name) ?? throw new ArgumentException(
                    $"a rule names the machine '{name}', which is not there; there are {string.Join(", ", machines.Select(m => m.Name))}");
                if (!machine.States.Contains(state))
                    throw new ArgumentException($"a rule names the state '{state}' of "
                        + $"'{name}', which has {string.Join(", ", machine.States)}");
            }
        }
        States = Rules.Count > 0
            ? [.. Rules.Select(r => r.State).Append(otherwise).Distinct(StringComparer.Ordinal)]
            : [.. Products(machines)];
        Otherwise = otherwise;
    }

    /// <summary>The factors that measures can use.</summary>
    internal FactorCatalogue Factors { get; }

    public IReadOnlyList<RegimeMachine> Machines { get; }

    public IReadOnlyList<RegimeRule> Rules { get; }

    public string Otherwise { get; }

    /// <summary>The combined states: those of the rules in order, then the default; without rules all combinations.</summary>
    public IReadOnlyList<string> States { get; }

    /// <summary>Combines a short and a long trend from SMA 10/30 and SMA 30/100: bullish or bearish if both agree.</summary>
    public static RegimePlan ShortAndLong(double enter = 0.5, double leave = 0.1, int dwell = 3) => new(
        [LadderMachine.Trend("short", 10, 30, enter, leave, dwell), LadderMachine.Trend("long", 30, 100, enter, leave, dwell)],
        FactorCatalogue.BuiltIn,
        [
            new RegimeRule(new Dictionary<string, string> { ["short"] = "bullish", ["long"] = "bullish" }, "bullish"),
            new RegimeRule(new Dictionary<string, string> { ["short"] = "bearish", ["long"] = "bearish" }, "bearish"),
        ]);

    /// <summary>
    /// Returns the combined state as an index into <see cref="States"/>, from the state of each machine; −1 if one has none.
    /// </summary>
    public int Compose(ReadOnlySpan<int> machineStates)
    {
        var product = 0;
        for (var m = 0; m < machineStates.Length; m++)
        {
            if (machineStates[m] < 0) return -1;
            product = product * Machines[m].States.Count + machineStates[m];
        }
        if (Rules.Count == 0) return product;
        _composed ??= ComposeAll();
        return _composed[product];
    }

    // Indexed by the combination of states, so that a bar needs one lookup.
    private int[]? _composed;

    private int[] ComposeAll()
    {
        var states = States.ToList();
        var all = new int[Machines.Aggregate(1, (n, m) => n * m.States.Count)];
        for (var product = 0; product < all.Length; product++)
        {
            var named = new Dictionary<string, string>(StringComparer.Ordinal);
            var rest = product;
            for (var m = Machines.Count - 1; m >= 0; m--)
            {
                named[Machines[m].Name] = Machines[m].States[rest % Machines[m].States.Count];
                rest /= Machines[m].States.Count;
            }
            var rule = Rules.FirstOrDefault(r => r.When.All(w => named[w.Key] == w.Value));
            all[product] = states.IndexOf(rule?.State ?? Otherwise);
        }
        return all;
    }

    private static IEnumerable<string> Products(IReadOnlyList<RegimeMachine> machines) =>
        machines.Aggregate((IEnumerable<string>)[""],
            (names, m) => names.SelectMany(n => m.States.Select(s => n.Length == 0 ? s : n + "/" + s)));
}

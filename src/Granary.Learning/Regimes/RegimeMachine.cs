using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;

namespace Granary.Learning.Regimes;

/// <summary>A finite state machine, declared as data.</summary>
/// <param name="Name">As rules call it, as "short".</param>
/// <param name="States">Names, lowest first, as bearish, neutral, bullish.</param>
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

/// <summary>States by where a measure stands: a factor, or how many percent one factor is above another.</summary>
/// <param name="Measure">A factor as users write it, as "sma(10)" or "natr(14)@1h".</param>
/// <param name="Against">With it the measure is 100 · (measure / against − 1); null takes the factor itself.</param>
/// <param name="Rungs">Between each state and the next.</param>
/// <param name="Dwell">Bars for which a state is kept at the least.</param>
public sealed record LadderMachine(string Name, IReadOnlyList<string> States, string Measure, string? Against,
    IReadOnlyList<LadderRung> Rungs, int Dwell)
    : RegimeMachine(Name, States)
{
    /// <summary>Bearish, neutral, bullish by two averages of the close.</summary>
    /// <param name="enter">Percent apart at which a trend is entered.</param>
    /// <param name="leave">Percent apart at which it is left for neutral; at most <paramref name="enter"/>.</param>
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

/// <summary>States that a hidden Markov model of the log returns infers, fitted on the past only, in order of their mean return.</summary>
/// <param name="Window">Returns that it is fitted on; there is no state before so many.</param>
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

/// <summary>A state of the whole by the states of machines: all that are named must match.</summary>
/// <param name="When">State by machine.</param>
public sealed record RegimeRule(IReadOnlyDictionary<string, string> When, string State);

/// <summary>Machines at several time scales and how their states make one.</summary>
public sealed class RegimePlan
{
    /// <param name="factors">The factors that the process knows.</param>
    /// <param name="rules">
    /// Tried in order; the first that matches names the state. Without rules the machines' states, joined by slashes, are the state.
    /// </param>
    /// <param name="otherwise">The state where no rule matches.</param>
    /// <exception cref="ArgumentException">
    /// A machine is not well formed, or a rule names a machine or state that is not there; the message says which.
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

    /// <summary>The factors that measures can name.</summary>
    internal FactorCatalogue Factors { get; }

    public IReadOnlyList<RegimeMachine> Machines { get; }

    public IReadOnlyList<RegimeRule> Rules { get; }

    public string Otherwise { get; }

    /// <summary>The states of the whole: those of the rules in their order and then the other; without rules all combinations.</summary>
    public IReadOnlyList<string> States { get; }

    /// <summary>A short and a long trend by SMA 10/30 and SMA 30/100, composed: bullish or bearish where both agree.</summary>
    public static RegimePlan ShortAndLong(double enter = 0.5, double leave = 0.1, int dwell = 3) => new(
        [LadderMachine.Trend("short", 10, 30, enter, leave, dwell), LadderMachine.Trend("long", 30, 100, enter, leave, dwell)],
        FactorCatalogue.BuiltIn,
        [
            new RegimeRule(new Dictionary<string, string> { ["short"] = "bullish", ["long"] = "bullish" }, "bullish"),
            new RegimeRule(new Dictionary<string, string> { ["short"] = "bearish", ["long"] = "bearish" }, "bearish"),
        ]);

    /// <summary>
    /// The state of the whole, as an index into <see cref="States"/>, from each machine's; −1 while one of them has none.
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

    // By product of the machines' states, so that a bar costs one look.
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

using Granary.Engine;
using Granary.Engine.Factors;

namespace Granary.Learning.Regimes;

/// <summary>Machines at several time scales, and the rules that combine their states.</summary>
internal sealed class RegimePlan
{
    /// <param name="factors">The factors that the process knows.</param>
    /// <param name="rules">
    /// Rules in order; the first match determines the combined state. Without rules the combined state is the machines' states, joined by
    /// slashes.
    /// </param>
    /// <param name="otherwise">The combined state if no rule matches.</param>
    /// <exception cref="InputException">
    /// A machine is invalid, or a rule names an unknown machine or state; the message says which.
    /// </exception>
    public RegimePlan(IReadOnlyList<RegimeMachine> machines, FactorCatalogue factors, IReadOnlyList<RegimeRule>? rules = null,
        string otherwise = "neutral")
    {
        Factors = factors;
        if (machines.Count == 0) throw new InputException("a regime needs at least one machine");
        Machines = machines;
        Rules = rules ?? [];
        foreach (var machine in machines) machine.Check(Factors);
        if (machines.GroupBy(m => m.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InputException($"two machines are called '{twice.Key}'");
        foreach (var rule in Rules)
        {
            foreach (var (name, state) in rule.When)
            {
                var machine = machines.FirstOrDefault(m => m.Name == name) ?? throw new InputException(
                    $"a rule names the machine '{name}', which is not there; there are {string.Join(", ", machines.Select(m => m.Name))}");
                if (!machine.States.Contains(state))
                    throw new InputException($"a rule names the state '{state}' of "
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

    /// <summary>The combined states: the rules' in order, then the default; without rules all combinations.</summary>
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

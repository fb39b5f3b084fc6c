using System.Text.Json;
using Granary.Data.Funding;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>
/// Checks that limits and instruments name symbols and strategies of the batch. A misspelled name would have no effect, or would close a
/// symbol to all strategies.
/// </summary>
internal static class NamedSymbols
{
    /// <exception cref="InputException">Some names or patterns match nothing in the batch; the message lists all of them.</exception>
    public static void Check(BatchSpec spec, IReadOnlyList<string> symbols, IReadOnlyList<StrategyInstance> instances)
    {
        // A production configuration keeps the limits and instruments of its batch but has fewer strategies, so it is not checked.
        if (spec.Strategies.Any(s => s.Id is not null)) return;
        var faults = new JsonFaults();
        // The benchmark and symbols that factors read also have instruments.
        var read = instances.SelectMany(i => i.References).Append(spec.Benchmark?.String()).ToHashSet(StringComparer.Ordinal);
        foreach (var (symbol, part) in spec.Data.InstrumentsPart?.Members ?? [])
            if (symbol != "*" && !read.Contains(symbol) && !symbols.Contains(symbol, StringComparer.Ordinal))
                faults.Add(Unknown(symbol, part, symbols));
        foreach (var (symbol, part) in spec.Data.FundingPlace?.Members ?? [])
            if (symbol != FundingSources.All && !read.Contains(symbol) && !symbols.Contains(symbol, StringComparer.Ordinal))
                faults.Add(Unknown(symbol, part, symbols));
        foreach (var (symbol, part) in spec.Execution.Place?.Find("symbols")?.Members ?? [])
            if (!symbols.Contains(symbol, StringComparer.Ordinal))
                faults.Add(Unknown(symbol, part, symbols));
        if (spec.Portfolio.Place?.Find("limits") is { } limits)
            foreach (var chosen in spec.Portfolio.Limits.Rules)
                Check(chosen, limits, symbols, instances, faults.Add);
        faults.Close();
    }

    private static void Check(ChosenRule chosen, JsonPart limits, IReadOnlyList<string> symbols, IReadOnlyList<StrategyInstance> instances,
        Action<InputException> add)
    {
        var rule = chosen.Create();
        var unknown = rule.NamedSymbols.Except(symbols, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var unmatched = rule.NamedStrategies.Where(pattern => !instances.Any(i => SymbolReservations.Matches(pattern, i.Id)))
            .ToHashSet(StringComparer.Ordinal);
        if (unknown.Count == 0 && unmatched.Count == 0) return;
        foreach (var name in new RuleKeys(chosen.Definition).Names)
            if (limits.Find(name) is { } part)
                Visit(part);

        void Visit(JsonPart part)
        {
            if (part.Kind == JsonValueKind.String && unknown.Contains(part.Text)) add(Unknown(part.Text, part, symbols));
            else if (part.Kind == JsonValueKind.String && unmatched.Contains(part.Text)) add(Unmatched(part, instances));
            foreach (var item in part.Items) Visit(item);
            foreach (var (name, value) in part.Members)
            {
                if (unknown.Contains(name)) add(Unknown(name, value, symbols));
                Visit(value);
            }
        }
    }

    private static InputException Unknown(string symbol, JsonPart part, IReadOnlyList<string> symbols) =>
        part.Fault($"'{symbol}' is not among the batch's symbols; " + (Spelling.Nearest(symbol, symbols) is { } near
            ? $"did you mean '{near}'?" : "add it to data.symbols, or leave it out"));

    private static InputException Unmatched(JsonPart pattern, IReadOnlyList<StrategyInstance> instances)
    {
        var near = Spelling.Nearest(pattern.Text, instances.Select(i => i.Id).Distinct());
        return pattern.Fault($"'{pattern.Text}' matches no strategy of the batch; " + (near is not null && near != pattern.Text
            ? $"did you mean '{near}'?" : "write a strategy's id, or the beginning of one with a '*'"));
    }
}

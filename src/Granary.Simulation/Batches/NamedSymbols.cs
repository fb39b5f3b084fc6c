using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Json;

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
            if (symbol != "*" && !read.Contains(symbol))
                Symbol(symbol, part, "an instrument");
        var limits = spec.Portfolio.Place?.Find("limits");
        foreach (var part in limits?.Find("restrictedSymbols")?.List() ?? []) Symbol(part.String(), part, "restricted");
        foreach (var (_, group) in limits?.Find("groups")?.Members ?? [])
            foreach (var part in group.Find("symbols")?.List() ?? [])
                Symbol(part.String(), part, "in a group");
        foreach (var (symbol, part) in limits?.Find("reserved")?.Members ?? [])
            if (Symbol(symbol, part, "reserved"))
                foreach (var pattern in part.OneOrMany())
                    Pattern(pattern, symbol);
        faults.Close();

        bool Symbol(string symbol, JsonPart part, string what)
        {
            if (symbols.Contains(symbol, StringComparer.Ordinal)) return true;
            var near = Spelling.Nearest(symbol, symbols);
            faults.Add(part.Fault($"'{symbol}' is {what} and is not among the batch's symbols; "
                + (near is null ? "add it to data.symbols, or leave it out" : $"did you mean '{near}'?")));
            return false;
        }

        void Pattern(JsonPart pattern, string symbol)
        {
            var text = pattern.String();
            if (instances.Any(i => PortfolioLimits.Names(text, i.Id))) return;
            var near = Spelling.Nearest(text, instances.Select(i => i.Id).Distinct());
            faults.Add(pattern.Fault($"'{text}' matches no strategy of the batch, so that no strategy could hold {symbol} by it; "
                + (near is not null && near != text ? $"did you mean '{near}'?"
                    : "write a strategy's id, or the beginning of one with a '*'")));
        }
    }
}
